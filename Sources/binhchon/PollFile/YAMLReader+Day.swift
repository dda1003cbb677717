internal import Polling
internal import Yams

extension YAMLReader {
  mutating func day(_ node: Node, _ path: String) -> Day? {
    guard let text = text(node, path) else { return nil }
    guard let day = Day(iso: text) else {
      fail(node, Text(vi: "cần một ngày dạng 2025-07-01", en: "must be a day like 2025-07-01"))
      return nil
    }
    return day
  }
}
