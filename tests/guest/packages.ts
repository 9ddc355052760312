import { createHash } from "node:crypto";
import { UnbrickError } from "../../core/common/errors.ts";
import { capture, exists } from "./process.ts";

/** Commands that the guest tests need on this machine, and the Debian package of each. */
const needed = {
  "qemu-system-x86_64": "qemu-system-x86",
  "busybox": "busybox-static",
  "cpio": "cpio",
  "dfu-util": "dfu-util",
  "/usr/sbin/usbip": "usbip",
  "uuu": "uuu",
  "imx_usb": "imx-usb-loader",
} as const;

/** Kernel modules in loading order: each one needs those before it (platform.md section 4). */
const MODULES = [
  ...["failover", "net_failover", "virtio_ring", "virtio", "virtio_pci_legacy_dev"],
  ...["virtio_pci_modern_dev", "virtio_pci", "virtio_net", "usb-common", "usbcore", "usbmon"],
  ...["usbip-core", "vhci-hcd", "hid", "usbhid", "hid-generic", "cdc-acm"],
  ...["usbserial", "ftdi_sio"],
];

export interface Kernel {
  /** Path of vmlinuz. */
  readonly image: string;
  /** Paths of the modules, in the order of loading. */
  readonly modules: readonly string[];
}

/** Installs missing packages with apt; needs root only then. */
export async function installTools(): Promise<void> {
  const missing: string[] = [];
  for (const [command, name] of Object.entries(needed)) {
    const found = await capture("sh", ["-c", `command -v ${command}`], { mayFail: true });
    if (found.code !== 0) missing.push(name);
  }
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(", ")}`);
  await apt("update");
  await apt("install", "-y", "--no-install-recommends", ...missing);
}

/**
 * Extracts Debian's kernel and the modules from their package into the cache; never installs them.
 */
export async function fetchKernel(cache: string): Promise<Kernel> {
  // Another list of modules gets another folder.
  const list = createHash("sha256").update(MODULES.join()).digest("hex");
  const folder = `${cache}/kernel-${list.slice(0, 8)}`;
  if (!await exists(folder)) {
    const unfinished = await Deno.makeTempDir({ dir: cache, prefix: "kernel-" });
    await unpackKernel(unfinished);
    await Deno.rename(unfinished, folder);
  }
  return {
    image: `${folder}/vmlinuz`,
    modules: MODULES.map((name) => `${folder}/${name}.ko`),
  };
}

async function unpackKernel(folder: string): Promise<void> {
  let { stdout } = await capture("apt-cache", ["depends", "linux-image-amd64"], { mayFail: true });
  if (!stdout.includes("Depends:")) {
    await apt("update");
    ({ stdout } = await capture("apt-cache", ["depends", "linux-image-amd64"]));
  }
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
  if (!name) throw new UnbrickError("not-found", "Debian offers no kernel for this machine.");
  console.log(`fetching ${name}`);
  await capture("apt-get", ["download", name], { cwd: folder });
  const wanted = ["*/vmlinuz-*", ...MODULES.map((module) => `*/${module}.ko`)];
  const unpack = 'dpkg-deb --fsys-tarfile "$0"_*.deb | tar -x --wildcards "$@"';
  await capture("sh", ["-c", unpack, name, ...wanted], { cwd: folder });
  await capture("sh", ["-c", "mv boot/vmlinuz-* vmlinuz; find lib -name '*.ko' | xargs mv -t ."], {
    cwd: folder,
  });
  await capture("sh", ["-c", "rm -r *.deb boot lib"], { cwd: folder });
}

async function apt(...args: string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await capture("apt-get", ["-q", ...args], { env });
}
