export type StoredText = readonly [place: string, text: string]
/** What all pages of the origin share, or what one page has of its own; both when absent. */
export type Whose = 'shared' | 'own' | undefined

/** Every text the page's origin keeps, with where it was found. Runs in the page, so it calls nothing outside itself. */
export async function readStoredText(whose?: Whose): Promise<StoredText[]> {
  const found: StoredText[] = []

  async function collect(place: string, value: unknown, depth = 0): Promise<void> {
    if (value === null || value === undefined || depth > 20) return
    if (value instanceof Blob) {
      if (value instanceof File) found.push([place, value.name])
      // Credentials are short; the bytes of a user's file are not ours to judge.
      if (value.size <= 1024 * 1024) found.push([place, await value.text()])
    } else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      found.push([place, await new Blob([value as BlobPart]).text()])
    } else if (value instanceof Map || value instanceof Set) {
      for (const entry of value) await collect(place, entry, depth + 1)
    } else if (typeof value === 'object') {
      for (const [name, part] of Object.entries(value)) {
        found.push([place, name])
        await collect(place, part, depth + 1)
      }
    } else found.push([place, String(value)])
  }

  function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  }

  async function collectDatabase(name: string): Promise<void> {
    const database = await settled(indexedDB.open(name))
    try {
      for (const store of database.objectStoreNames) {
        const place = `IndexedDB ${name}/${store}`
        const items = database.transaction(store).objectStore(store)
        const [keys, values] = await Promise.all([
          settled(items.getAllKeys()),
          settled(items.getAll()),
        ])
        await collect(place, keys)
        await collect(place, values)
      }
    } finally {
      database.close()
    }
  }

  async function collectCaches(): Promise<void> {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) {
        const response = await cache.match(request)
        await collect(`cache ${name}`, [request.url, (await response?.text()) ?? ''])
        await collect(`cache ${name}`, [...request.headers, ...(response?.headers ?? [])])
      }
    }
  }

  if (whose !== 'own') {
    // Only what is there is opened: opening a database that is not would make an empty one.
    const databases = (await globalThis.indexedDB?.databases()) ?? []
    for (const { name } of databases) if (name) await collectDatabase(name)
    await collect('localStorage', { ...localStorage })
    // Missing on plain http.
    if (globalThis.caches) await collectCaches()
  }
  if (whose === 'shared') return found
  await collect('sessionStorage', { ...sessionStorage })
  await collect('page', [window.name, history.state, document.cookie])
  return found
}
