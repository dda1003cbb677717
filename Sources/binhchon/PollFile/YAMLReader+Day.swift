internal import Polling
internal import Yams

extension Day {
  /// `2025-07-01`, and no other form.
  init?(iso text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2] else { return nil }
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == 3, let day = Day(year: numbers[0], month: numbers[1], day: numbers[2]),
      day.description == text
    else { return nil }
    self = day
  }
}

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
