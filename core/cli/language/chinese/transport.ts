import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const transport: Catalogue = {
  "There is no serial port {1}.": "没有串口 {1}。",
  "Another program holds the port {1}.": "另一个程序占用端口 {1}。",
  "Nothing came from {1} in {2} ms.": "{2} 毫秒内没有收到来自 {1} 的数据。",
  "The serial adapter {1} left the bus.": "串口适配器 {1} 离开了总线。",
  "Bytes have come.": "有数据到达。",
  "The device on port {1} left the bus.": "端口 {1} 上的设备离开了总线。",
  'The {1} has nothing for "{2}".': "{1} 没有可用于“{=2}”的内容。",
};
