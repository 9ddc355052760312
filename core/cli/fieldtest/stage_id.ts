/** The stages of a field test. */
export type StageId =
  | "look"
  | "check"
  | "read"
  | "verify"
  | "flash"
  | "interrupt-read"
  | "interrupt-flash"
  | "restore"
  | "interrupt-restore"
  | "two-cameras";
