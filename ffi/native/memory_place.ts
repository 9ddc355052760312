import type { LibraryPlace } from "./place.ts";

/** Flags of memfd_create: close on exec, may be sealed, may be executed (refused before Linux 6.3). */
const MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, MFD_EXEC = 0x10;
/** fcntl: adds all seals, so that nobody can change the file. */
const F_ADD_SEALS = 1033, ALL_SEALS = 0xF;

const symbols = {
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Returns an anonymous file in memory (Linux): no other user can use its name, and no mount option
 * or full disk prevents it. It is opened through /proc (host-systems.md 5.2).
 */
export function memoryPlace(): LibraryPlace {
  return {
    name: "memory",
    load(bytes, fileName, open) {
      const libc = Deno.dlopen("libc.so.6", symbols);
      const { memfd_create, write, fcntl, close } = libc.symbols;
      const name = new TextEncoder().encode(`${fileName}\0`);
      const flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
      let file = memfd_create(name, flags | MFD_EXEC);
      // Mapping does not check the right to execute: it also works without the flag.
      if (file < 0) file = memfd_create(name, flags);
      if (file < 0) throw new Error("the system gives no anonymous files");
      try {
        for (let rest = bytes; rest.length > 0;) {
          const written = Number(write(file, rest, BigInt(rest.length)));
          if (written <= 0) throw new Error("the system has no memory left");
          rest = rest.subarray(written);
        }
        if (fcntl(file, F_ADD_SEALS, ALL_SEALS) < 0) throw new Error("it cannot be sealed");
        return open(`/proc/self/fd/${file}`);
      } finally {
        close(file);
        libc.close();
      }
    },
  };
}
