import { run } from "../../../tools/run.ts";

/** Controls a library that hangs, by environment variables that it reads at each call. */
export interface Hang {
  /** The function that never returns. */
  readonly call: string;
  /** The number of the call from which it hangs; default 1, the first. */
  readonly from?: number;
  /** A file that it makes when it begins to hang. */
  readonly mark?: string;
}

/** Returns the environment in which the library hangs like this. */
export function hangEnvironment({ call, from = 1, mark }: Hang): Record<string, string> {
  return { HANG_CALL: call, HANG_FROM: `${from}`, ...(mark !== undefined && { HANG_MARK: mark }) };
}

/** Returns the names of the C functions in a table of symbols. */
export function namesOf(symbols: Deno.ForeignLibraryInterface): string[] {
  const names = Object.entries(symbols).map(([key, symbol]) =>
    "name" in symbol ? symbol.name ?? key : key
  );
  return [...new Set(names)];
}

/** Returns the names of those that run on a thread of their own because they may block. */
export function waitingNamesOf(symbols: Deno.ForeignLibraryInterface): string[] {
  return namesOf(Object.fromEntries(
    Object.entries(symbols).filter(([, symbol]) => "nonblocking" in symbol && symbol.nonblocking),
  ));
}

/**
 * Compiles a library that passes each of these functions on to `real`, except one that hangs. Only
 * for functions with at most nine arguments, all of them numbers or pointers, on x64 and arm64.
 * @param setUp C statements that run once; `call(name)` gets a function of `real`
 * @throws MissingProgram without a C compiler
 */
export async function hangingLibrary(
  real: string,
  functions: readonly string[],
  setUp = "",
): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".so" });
  globalThis.addEventListener("unload", () => Deno.removeSync(file));
  const source = `${file}.c`;
  await Deno.writeTextFile(source, sourceOf(real, functions, setUp));
  try {
    await run("gcc", ["-Wall", "-Werror", "-fno-builtin", "-shared", "-fPIC", "-o", file, source]);
  } finally {
    await Deno.remove(source);
  }
  return file;
}

const NINE = [..."abcdefghi"];

const sourceOf = (real: string, functions: readonly string[], setUp: string) => `
  #include <dlfcn.h>
  #include <stdint.h>

  // The headers would declare the functions that are defined here.
  char *getenv(const char *name);
  int atoi(const char *text), strcmp(const char *one, const char *other), pause(void);
  int creat(const char *path, unsigned mode);

  typedef uint64_t (*function)(${NINE.map(() => "uint64_t").join(", ")});
  static void *library;
  static int calls;

  static function call(const char *name) { return (function)dlsym(library, name); }

  __attribute__((constructor)) static void set_up(void)
  {
    library = dlopen("${real}", RTLD_NOW);
    ${setUp}
  }

  static void hang(const char *name)
  {
    const char *wanted = getenv("HANG_CALL"), *from = getenv("HANG_FROM");
    if (!wanted || strcmp(wanted, name) || ++calls < (from ? atoi(from) : 1))
      return;
    const char *mark = getenv("HANG_MARK");
    if (mark)
      creat(mark, 0600); // never closed: close may be one of the functions defined here
    for (;;)
      pause();
  }
  ${
  functions.map((name) => `
  uint64_t ${name}(${NINE.map((one) => `uint64_t ${one}`).join(", ")})
  {
    hang("${name}");
    return call("${name}")(${NINE.join(", ")});
  }`).join("\n")
}
`;
