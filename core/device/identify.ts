import type { BoardFamily, Identity } from "../family/family.ts";
import { BoundCamera, type BoundCameraOptions } from "./bound_camera.ts";
import { type DetectedDevice, portOf } from "./detected_device.ts";

/**
 * Asks a device which board it is, using one family's method; writes nothing. Returns undefined if
 * the family cannot ask.
 */
export async function identifyDevice(
  family: BoardFamily,
  detected: DetectedDevice,
  options: Omit<BoundCameraOptions, "port">,
): Promise<Identity | undefined> {
  if (!family.identify) return undefined;
  const camera = new BoundCamera({ ...options, port: portOf(detected) });
  try {
    return await family.identify(camera, detected);
  } finally {
    await camera.close();
  }
}
