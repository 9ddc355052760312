/**
 * Returns the serial number of one of several simulated cameras: its first 2 bytes contain the unit
 * number.
 * @param serial hexadecimal digits; unit 0 has this one
 */
export function serialOfUnit(serial: string, unit = 0): string {
  const first = (Number.parseInt(serial.slice(0, 4), 16) ^ unit) & 0xFFFF;
  const digits = first.toString(16).padStart(4, "0");
  return (serial === serial.toUpperCase() ? digits.toUpperCase() : digits) + serial.slice(4);
}
