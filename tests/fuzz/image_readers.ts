import { type Zippable, zipSync } from "fflate";
import { encodeDfuse } from "../../core/image/dfuse_file.ts";
import { appendDfuSuffix, dfuCrc } from "../../core/image/dfu_suffix.ts";
import { encodeIntelHex } from "../../core/image/intel_hex.ts";
import { findDeviceDescriptors } from "../../core/image/inspect.ts";
import { loadImage } from "../../core/image/load.ts";
import { parseManifest } from "../../core/image/manifest.ts";
import { packOf } from "../../core/image/pack.ts";
import { inMemory } from "../../core/image/byte_source.ts";
import { zipFiles } from "../../core/image/zip.ts";
import { marksIn } from "../../boards/openmv_stm32/marks.ts";
import { ae3 } from "../../boards/openmv_ae3/boards.ts";
import { decodeBackup, encodeBackup } from "../../core/image/backup.ts";
import { fileSystemsIn } from "../../core/image/memory_part.ts";
import { safePaths } from "../../core/image/safe_paths.ts";
import { userVolume } from "../../core/image/sample_fat.ts";
import { encodeRomfs } from "../support/images/romfs_encoder.ts";
import type { Reader } from "./reader.ts";
import { u32 } from "../../core/common/struct.ts";

/** Readers of image files, and of files that contain several of them. */

const ascii = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const content = Uint8Array.from({ length: 600 }, (_, at) => at * 7 ^ at >> 3);
const load = (bytes: Uint8Array, name: string) =>
  loadImage(bytes, { role: "firmware", name, source: "fuzz" }).bytes.length;
const manifest = ascii(JSON.stringify({
  schema: 1,
  files: [{
    folder: "OPENMV4",
    role: "firmware",
    path: "OPENMV4/firmware.bin",
    address: "0x08040000",
    size: 600,
    sha256: "0".repeat(64),
    version: "5.0.0",
    source: "made up",
    licence: "MIT",
    simulationOnly: true,
  }],
}));

function volume(sectorSize: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(userVolume({ size, sectorSize, clusterSize: sectorSize }, false));
  return bytes;
}

function fileSystems(bytes: Uint8Array): number {
  const files = fileSystemsIn([{ memory: "file", address: 0, bytes }]).flatMap((one) => one.files);
  safePaths(files.map(({ path }) => path));
  return files.reduce((sum, file) => sum + file.read().length, 0);
}

function zip(bytes: Uint8Array): number {
  const files = zipFiles(inMemory(bytes), "release.zip");
  let most = 0;
  for (const path of files.paths) {
    try {
      most = Math.max(most, files.read(path).length);
    } catch (error) {
      if (!(error instanceof Error && error.name === "UnbrickError")) throw error;
    }
  }
  const pack = packOf(files);
  pack.boards();
  pack.imagesFor(ae3);
  return most;
}

function withDfuCrc(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 16) return bytes;
  const copy = bytes.slice();
  copy.set([0x55, 0x46, 0x44], copy.length - 8);
  u32.write(copy, copy.length - 4, dfuCrc(copy.subarray(0, -4)), "CRC");
  return copy;
}

function withHexSums(bytes: Uint8Array): Uint8Array {
  return ascii(
    textOf(bytes).split("\n").map((line) => {
      const [, digits] = /^:((?:[0-9A-F]{2})+)[0-9A-F]{2}\r?$/i.exec(line) ?? [];
      if (!digits) return line;
      const sum = Uint8Array.fromHex(digits).reduce((total, byte) => total + byte, 0);
      return `:${digits}${(-sum & 0xFF).toString(16).padStart(2, "0").toUpperCase()}`;
    }).join("\n"),
  );
}

const target = (elements: { address: number; bytes: Uint8Array }[]) => ({
  bAlternateSetting: 0,
  szTargetName: "ST...",
  elements,
});

export const imageReaders: readonly Reader[] = [
  {
    name: ".dfu",
    samples: [
      appendDfuSuffix(content, {}),
      encodeDfuse([target([{ address: 0x0800_0000, bytes: content }])], {}),
      encodeDfuse(
        [target([{ address: 0, bytes: content }, { address: 0xFFFF_0000, bytes: content }])],
        {},
      ),
    ],
    repaired: withDfuCrc,
    read: (bytes) => load(bytes, "firmware.dfu"),
  },
  {
    name: "Intel HEX",
    samples: [
      ascii(encodeIntelHex([{ address: 0x0800_0000, bytes: content }])),
      ascii(encodeIntelHex([
        { address: 0, bytes: content },
        { address: 0xFFFF_0000, bytes: content },
      ])),
    ],
    repaired: withHexSums,
    read: (bytes) => load(bytes, "firmware.hex"),
  },
  { name: "raw image", samples: [content], read: (bytes) => load(bytes, "firmware.bin") },
  {
    name: "programs",
    samples: [Uint8Array.of(...content, 0x12, 0x01, 0x00, 0x02)],
    read: (bytes) => {
      findDeviceDescriptors(bytes);
      marksIn(bytes);
    },
  },
  {
    name: "manifest",
    samples: [manifest],
    read: (bytes) => void parseManifest(bytes, "manifest.json"),
  },
  {
    name: "file systems of a camera",
    samples: [
      volume(512, 0x2_0000),
      volume(4096, 0x4_0000),
      encodeRomfs([{ name: "a", entries: [{ name: "b.py", content }] }]),
    ],
    read: fileSystems,
  },
  {
    name: "backup",
    samples: [encodeBackup({
      board: { id: "openmv-h7", name: "OpenMV Cam H7" },
      simulated: true,
      version: "1.2.3",
      madeAt: "",
      camera: [],
      regions: [{ name: "firmware", memory: "flash", address: 0, size: 600, bytes: content }],
      missing: [],
    })],
    read: (bytes) => decodeBackup(bytes, "b.zip").regions.length,
  },
  {
    name: "zip",
    samples: [
      zipSync({ "OPENMV_AE3/firmware.bin": content, "a/b.bin": content } as Zippable),
      zipSync({ "manifest.json": manifest, "OPENMV4/firmware.bin": content } as Zippable),
      // A few bytes that declare sixteen MiB.
      zipSync({ "big.bin": new Uint8Array(0x100_0000) } as Zippable, { level: 9 }),
    ],
    read: zip,
  },
];
