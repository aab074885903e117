/** Temporary credentials, as STS gave them. */
export interface Grant {
  accessKeyId: string
  accessKeySecret: string
  securityToken: string
  /** ISO 8601, UTC. */
  expiration: string
}
