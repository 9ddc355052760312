/** Information from kernel32 about this process. */

/**
 * Returns true if this process is the only one of its console: Windows opened the window for it,
 * for example after a double click, and closes it when it ends. From a shell, the shell is attached
 * too.
 */
export function ownsConsole(): boolean {
  const kernel32 = Deno.dlopen("kernel32.dll", {
    GetConsoleProcessList: { parameters: ["buffer", "u32"], result: "u32" },
  });
  try {
    // The result is the number of processes, even if the list has room for fewer; 0: no console.
    return kernel32.symbols.GetConsoleProcessList(new Uint32Array(2), 2) === 1;
  } finally {
    kernel32.close();
  }
}
