import { basename, dirname } from "node:path";
import type { Kernel } from "./packages.ts";
import { capture } from "./process.ts";

/**
 * A program of this machine that is copied into the guest, with the shared libraries that it needs.
 */
export interface GuestProgram {
  readonly from: string;
  readonly to: string;
}

const USERS = "root:x:0:0::/root:/bin/sh\ntechnician:x:1000:1000::/home/technician:/bin/sh\n";
const GROUPS = "root:x:0:\ntechnician:x:1000:\n";

/**
 * Builds the guest's file system as one uncompressed cpio archive (it loads faster than a
 * compressed one).
 * @param folder the tree and `initramfs.cpio` are made there
 * @returns the path of the archive
 */
export async function buildInitramfs(
  folder: string,
  kernel: Kernel,
  programs: readonly GuestProgram[],
): Promise<string> {
  const root = `${folder}/root`;
  await Deno.remove(root, { recursive: true }).catch(() => {}); // it does not exist the first time
  for (const name of ["bin", "etc", "modules", "usr/share/misc"]) {
    await Deno.mkdir(`${root}/${name}`, { recursive: true });
  }
  const put = async (from: string, to: string) => {
    await Deno.mkdir(dirname(root + to), { recursive: true });
    await Deno.copyFile(from, root + to);
  };
  for (const name of ["init", "agent", "attach"]) {
    const inside = new URL(`./inside/${name}`, import.meta.url);
    await put(inside.pathname, `/${name}`);
    await Deno.chmod(`${root}/${name}`, 0o755);
  }
  for (const module of kernel.modules) await put(module, `/modules/${basename(module)}`);
  const order = kernel.modules.map((path) => basename(path) + "\n").join("");
  await Deno.writeTextFile(`${root}/modules/order`, order);
  await Deno.writeTextFile(`${root}/etc/passwd`, USERS);
  await Deno.writeTextFile(`${root}/etc/group`, GROUPS);
  await Deno.writeTextFile(`${root}/usr/share/misc/usb.ids`, ""); // usbip expects this folder
  const busybox = await capture("sh", ["-c", "command -v busybox"]);
  await put(busybox.stdout.trim(), "/bin/busybox");
  const libraries = new Set<string>();
  for (const { from, to } of programs) {
    await put(from, to);
    for (const library of await librariesOf(from)) libraries.add(library);
  }
  for (const library of libraries) await put(library, library);
  const archive = `${folder}/initramfs.cpio`;
  const pack = 'find . | cpio -o -H newc -R 0:0 --quiet > "$0"';
  await capture("sh", ["-c", pack, archive], { cwd: root });
  return archive;
}

/** Returns the paths of the shared libraries and of the loader that a program names. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await capture("ldd", [program], { mayFail: true }); // fails for a static program
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path);
}
