import type { SimulatedBoard } from "../../family/family.ts";
import type { BoardImages } from "../../image/image.ts";
import type { VirtualPorts } from "../../transport/virtual_ports.ts";

/** A simulated camera, and the computer whose ports it is plugged into. */
export interface SimulatedCamera {
  readonly ports: VirtualPorts;
  readonly camera: SimulatedBoard;
  /** What it contained at the start, or what will be written to it. */
  readonly images: BoardImages;
}
