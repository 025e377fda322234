/** SQLSTATE codes that Spillway decides by (Postgres docs, appendix A). */
export const SQLSTATE = {
  protocolViolation: '08P01',
  cannotConnectNow: '57P03',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  queryCanceled: '57014',
  invalidAuthorization: '28000',
  invalidPassword: '28P01',
  invalidDatabase: '3D000',
  insufficientPrivilege: '42501',
  /** A publication, slot or type that is not there. */
  undefinedObject: '42704',
  undefinedTable: '42P01',
  undefinedColumn: '42703',
  duplicateObject: '42710',
  invalidName: '42602',
  /** A slot that is active for another process. */
  objectInUse: '55006',
  /** An invalidated slot; wal_level too low. */
  notInPrerequisiteState: '55000',
  lockNotAvailable: '55P03',
  /** No slot or connection left. */
  configurationLimitExceeded: '53400',
  tooManyConnections: '53300',
} as const;
