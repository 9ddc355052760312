import type { Picture } from "./preview_model.ts";
import { testPictureFiles } from "./test_picture_files.ts";

/** The smallest frame of every camera (openmv-runtime.md 2.2). */
const WIDTH = 160, HEIGHT = 120;

interface TestPicture extends Picture {
  /** Mean brightness, 0 to 255. */
  readonly mean: number;
}

const means = { "ramp": 92.875, "ramp before": 92.875, "black": 0 } as const;
const made = new Map<string, TestPicture>();

/** Returns what a simulated camera sees, as a JPEG: a grey ramp with a bar across it, or black. */
export function testPicture(kind: keyof typeof testPictureFiles): TestPicture {
  const known = made.get(kind);
  if (known) return known;
  const jpeg = Uint8Array.fromBase64(testPictureFiles[kind]);
  const picture = { width: WIDTH, height: HEIGHT, jpeg, mean: means[kind] };
  made.set(kind, picture);
  return picture;
}
