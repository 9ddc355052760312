/** The program that a camera runs so that it shows whether it sees, and the line that it answers. */

/** What the answer stands between. */
const BEGIN = "UNBRICK2 ", END = " END";

/**
 * Takes pictures and prints one line about them. Each part has its own `except`, so that a camera
 * without a sensor still tells its name. Calls: openmv-runtime.md 2.1; `get_pixel` is inferred to be in
 * every version. The smallest frame and grey fit every camera (2.2). The last picture is compressed
 * in place, because only then its preview is the same bytes, and is shown again and again: a preview
 * is dropped while the host has not fetched the one before (1.5).
 */
export const checkScript = `out = {}
def plain(error):
    return "".join([c for c in str(error)[:60] if c not in "'\\"\\\\"])
def about():
    import omv
    out["arch"] = omv.arch()
    out["id"] = omv.board_id()
    out["version"] = omv.version_string()
def look():
    import sensor
    sensor.reset()
    out["sensor"] = sensor.get_id()
    sensor.set_pixformat(sensor.GRAYSCALE)
    sensor.set_framesize(sensor.QQVGA)
    for i in range(8):
        sensor.snapshot()
    sums = []
    for i in range(3):
        picture = sensor.snapshot()
        total = 0
        for y in range(0, picture.height(), 4):
            for x in range(0, picture.width(), 4):
                total = (total * 31 + picture.get_pixel(x, y)) & 0xFFFFFF
        sums.append(total)
    out["sums"] = sums
    out["width"] = picture.width()
    out["height"] = picture.height()
    out["mean"] = picture.get_statistics().mean()
    last.append(picture)
def frame():
    picture = last[0]
    picture.compress(quality=70)
    data = bytes(picture)
    total = 0
    for value in data:
        total = (total * 31 + value) & 0xFFFFFF
    out["frame"] = [len(data), total]
def show():
    import sensor, time
    flush = getattr(last[0], "flush", sensor.flush)
    pause = getattr(time, "sleep_ms", time.sleep)
    for i in range(60):
        flush()
        pause(50)
last = []
for name, part in (("about", about), ("look", look), ("frame", frame)):
    try:
        part()
    except Exception as error:
        out[name + "_error"] = plain(error)
print("\\n${BEGIN}" + str(out).replace("'", '"') + "${END}")
if "frame" in out:
    show()
`;

/** How long the program shows its last picture after the answer, milliseconds. */
export const SHOWN_MS = 60 * 50;

/** Returns the sum of a picture's bytes as the program forms it: 24 bits. */
export function pictureSum(bytes: Uint8Array): number {
  return bytes.reduce((total, value) => total * 31 + value & 0xFF_FFFF, 0);
}

/** What a camera answered; what is left out it could not tell. */
export interface CheckAnswer {
  readonly arch?: string;
  /** Unique id of the chip, hexadecimal digits. */
  readonly id?: string;
  readonly version?: string;
  /** Of the image sensor (openmv-runtime.md 2.3). */
  readonly sensor?: number;
  readonly width?: number;
  readonly height?: number;
  /** Brightness, 0 to 255. */
  readonly mean?: number;
  /** Of three pictures. */
  readonly sums?: readonly number[];
  /** Bytes of the last picture as a JPEG, and their sum. */
  readonly frame?: readonly [bytes: number, sum: number];
  /** Why there is no picture. */
  readonly look_error?: string;
  /** Why the picture cannot be fetched. */
  readonly frame_error?: string;
  readonly about_error?: string;
}

/** Returns the line that the program prints. */
export function answerLine(answer: CheckAnswer): string {
  return `\r\n${BEGIN}${JSON.stringify(answer)}${END}\r\n`;
}

/**
 * Returns the answer in a camera's output; undefined while it is not there. It comes from the device:
 * a field of another type counts as left out.
 */
export function findAnswer(output: string): CheckAnswer | undefined {
  const start = output.lastIndexOf(BEGIN), end = output.indexOf(END, start);
  if (start < 0 || end < 0) return undefined;
  try {
    const found: unknown = JSON.parse(output.slice(start + BEGIN.length, end));
    if (!(found instanceof Object)) return undefined;
    const fields = Object.entries(found).filter(([name, value]) => isField(name, value));
    return Object.fromEntries(fields);
  } catch { /* what is there is not JSON */ }
}

const texts = ["arch", "id", "version", "look_error", "frame_error", "about_error"];
const numbers = ["sensor", "width", "height", "mean"];

function isField(name: string, value: unknown): boolean {
  if (texts.includes(name)) return typeof value === "string" && value.length < 200;
  if (numbers.includes(name)) return typeof value === "number";
  if (!Array.isArray(value) || !value.every((one) => typeof one === "number")) return false;
  return name === "sums" || name === "frame" && value.length === 2;
}
