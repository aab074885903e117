import { openBench } from './driver/open-bench.js'
import { writeFiles } from './files.js'
import { measureUpload, type Sample } from './measure-upload.js'
import { table } from './report/table.js'
import { summarize, uploadRows } from './report/upload-rows.js'
import { startDrainServer } from './server/start.js'
import { CONTROL, FLOOR, OTHERS, OURS } from './variants.js'

const MIB = 1024 * 1024
const size = Number(process.argv[2] ?? 64) * MIB
const runs = Number(process.argv[3] ?? 5)
const bench = await openBench()
const server = await startDrainServer()
try {
  const paths = await writeFiles(bench.folder, 1, size)
  const measured = [FLOOR, OURS, ...OTHERS, CONTROL].map((variant) => ({
    variant,
    samples: [] as Sample[],
  }))
  for (let round = 0; round <= runs; round++) {
    for (const { variant, samples } of measured) {
      const prefix = `${variant.name.replaceAll(' ', '-')}/${round}/`
      const sample = await measureUpload(bench, server, variant, {
        paths,
        bytes: size,
        prefix,
        limitMs: 120_000,
      })
      if (round > 0) samples.push(sample)
    }
  }
  const found = measured.map(({ variant, samples }) => ({ variant: variant.name, samples }))
  console.log(table(uploadRows(summarize(found, size))))
} finally {
  await server.close()
  await bench.close()
}
