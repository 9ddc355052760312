/** What kernel32 tells about this process. */

/**
 * True if this process is the only one of its console: Windows opened the window for it, as for a
 * double click, and closes it when it ends. From a shell the shell is attached, too.
 */
export function ownsConsole(): boolean {
  const kernel32 = Deno.dlopen("kernel32.dll", {
    GetConsoleProcessList: { parameters: ["buffer", "u32"], result: "u32" },
  });
  try {
    // The answer is how many there are, also where the list has room for fewer; 0: no console.
    return kernel32.symbols.GetConsoleProcessList(new Uint32Array(2), 2) === 1;
  } finally {
    kernel32.close();
  }
}
