import { UnbrickError } from "./errors.ts";
import { text, type Words } from "./text.ts";

/** System codes of a full disk (errno names, which Deno also uses on Windows). */
const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];
/** Codes that Deno does not name, by the number in its message (errno.h of Linux and macOS). */
const UNNAMED: Readonly<Record<string, string>> = Deno.build.os === "windows"
  ? {}
  : { 27: "EFBIG", 30: "EROFS", [Deno.build.os === "darwin" ? 69 : 122]: "EDQUOT" };
/** System codes of a read-only file system. */
const READ_ONLY = ["EROFS"];

/**
 * Returns the error of a file that could not be read or written, with its true cause: `permission`
 * if this user is not allowed to, otherwise `not-found`; data: `path`, and `full` if the disk is
 * full.
 *
 * @param action `read` or `written`.
 */
export function fileError(path: string, action: "read" | "written", cause: unknown): UnbrickError {
  const full = isOneOf(cause, FULL);
  const isDenied = cause instanceof Deno.errors.PermissionDenied ||
    cause instanceof Deno.errors.NotCapable || isOneOf(cause, READ_ONLY);
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason: Words = full
    ? text`the disk is full`
    : isOneOf(cause, READ_ONLY)
    ? text`the disk is read-only`
    : isDenied
    ? text`this user is not allowed to`
    : message.replace(/: \w+ '.*'$/, ""); // the message already names the path
  return new UnbrickError(
    isDenied ? "permission" : "not-found",
    action === "read"
      ? text`${path} cannot be read: ${reason}.`
      : text`${path} cannot be written: ${reason}.`,
    { path, ...(full && { full }) },
    { cause },
  );
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1] ?? "";
  const code = "code" in error && error.code !== undefined ? String(error.code) : UNNAMED[number];
  return codes.includes(code);
}
