/** Information from the C library of Linux and macOS about this process. */

/** SIGHUP on both systems (POSIX). */
const SIGHUP = 1;
/** SIG_IGN: the handler's address says "ignore" (signal.h of both systems). */
const SIG_IGN = 1n;
/** More than `struct sigaction` needs: 152 bytes on Linux, 16 on macOS; the handler comes first. */
const SIGACTION_BYTES = 256;

/** Returns true if this process was started so that it ignores SIGHUP, as with nohup. */
export function ignoresHangup(): boolean {
  const libc = Deno.dlopen(Deno.build.os === "darwin" ? "libSystem.B.dylib" : "libc.so.6", {
    sigaction: { parameters: ["i32", "pointer", "buffer"], result: "i32" },
  });
  try {
    const action = new BigUint64Array(SIGACTION_BYTES / 8);
    return libc.symbols.sigaction(SIGHUP, null, action) === 0 && action[0] === SIG_IGN;
  } finally {
    libc.close();
  }
}
