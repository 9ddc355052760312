import { bytes, i32, struct, u64 } from "../../core/common/struct.ts";

/** struct sigaction of 64-bit Linux. */
const SIGACTION = struct("sigaction", {
  sa_handler: u64,
  sa_mask: bytes(128),
  sa_flags: i32,
  padding: bytes(4),
  sa_restorer: u64,
});
/** Interrupted calls continue. */
const SA_RESTART = 0x1000_0000;
const SIGINT = 2;

const symbols = {
  sigaction: { parameters: ["i32", "buffer", "pointer"], result: "i32" },
  alarm: { parameters: ["u32"], result: "u32" },
  dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Makes Ctrl-C end the process after two seconds, unless the program has handled it by then: it
 * cannot while it hangs in a call on its own thread, for example with a file on a disk that does
 * not answer.
 *
 * The handler is the C library's `alarm`: the number of the signal, 2, is its argument, the seconds until
 * SIGALRM ends the process. The runtime calls it before its own handler, which must be set afterwards.
 * Linux only.
 * @returns a function to call when the program handles Ctrl-C
 */
export function armLastResort(): () => void {
  const libc = Deno.dlopen("libc.so.6", symbols).symbols;
  const alarm = libc.dlsym(null, new TextEncoder().encode("alarm\0"));
  if (!alarm) return () => {};
  const action = SIGACTION.encode({
    sa_handler: Deno.UnsafePointer.value(alarm),
    sa_mask: new Uint8Array(128),
    sa_flags: SA_RESTART,
    padding: new Uint8Array(4),
    sa_restorer: 0n,
  });
  libc.sigaction(SIGINT, action, null);
  return () => void libc.alarm(0);
}
