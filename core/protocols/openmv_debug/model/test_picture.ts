import jpeg from "jpeg-js";
import type { Picture } from "./preview_model.ts";

/** The smallest frame of every camera (openmv-runtime.md 2.2). */
const WIDTH = 160, HEIGHT = 120;

interface TestPicture extends Picture {
  /** Mean brightness, 0 to 255. */
  readonly mean: number;
}

const made = new Map<string, TestPicture>();

/** Returns what a simulated camera sees, as a JPEG: a grey ramp with a bar across it, or black. */
export function testPicture(kind: "ramp" | "ramp before" | "black"): TestPicture {
  const known = made.get(kind);
  if (known) return known;
  const data = new Uint8Array(WIDTH * HEIGHT * 4);
  let sum = 0;
  const bar = kind === "ramp" ? 40 : 60;
  for (let at = 0; at < data.length; at += 4) {
    const x = at / 4 % WIDTH, y = Math.floor(at / 4 / WIDTH);
    const grey = kind === "black" ? 0 : y >= bar && y < bar + 10 ? 240 : x;
    data.set([grey, grey, grey, 255], at);
    sum += grey;
  }
  const encoded = jpeg.encode({ data, width: WIDTH, height: HEIGHT }, 70);
  const picture = {
    width: WIDTH,
    height: HEIGHT,
    jpeg: Uint8Array.from(encoded.data),
    mean: sum / (WIDTH * HEIGHT),
  };
  made.set(kind, picture);
  return picture;
}
