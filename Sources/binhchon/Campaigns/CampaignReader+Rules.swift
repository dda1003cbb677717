internal import Polling
internal import Yams

extension CampaignReader {
  mutating func figure(_ node: Node, _ path: String) -> CampaignFigure? {
    let keys = yaml.mapping(node, path, keys: ["name", "stated", "sum", "unknown"])
    let name = yaml.text(keys["name"], "\(path).name", required: "name", in: node)
    let origins = ["stated", "sum", "unknown"].filter { keys[$0] != nil }
    guard origins.count == 1, let origin = origins.first, let value = keys[origin] else {
      yaml.fail(
        node,
        Text(vi: "cần đúng một khóa: stated, sum hoặc unknown", en: "must have one of the keys stated, sum and unknown")
      )
      return nil
    }
    switch origin {
    case "stated": return whole(value, "\(path).stated").map { CampaignFigure(name: name, origin: .stated($0)) }
    case "sum":
      let parts = list(value, "\(path).sum", in: node) { $0.yaml.text($1, $2) }
      return CampaignFigure(name: name, origin: .sum(of: parts))
    default:
      if yaml.flag(value, "\(path).unknown") == false {
        yaml.fail(value, Text(vi: "chỉ có thể là true", en: "can be true only"))
      }
      return CampaignFigure(name: name, origin: .unknown)
    }
  }

  mutating func rule(_ node: Node, _ path: String) -> FigureRule? {
    let keys = yaml.mapping(node, path, keys: ["parts", "whole"])
    return FigureRule(
      parts: list(keys["parts"], "\(path).parts", required: true, in: node) { $0.yaml.text($1, $2) },
      whole: yaml.text(keys["whole"], "\(path).whole", required: "whole", in: node))
  }

  mutating func screening(_ node: Node) -> ScreeningPolicy {
    let keys = yaml.mapping(node, "screening", keys: ["two-persons", "documented"])
    let moves = ScreeningMove.allCases.map { ($0.word, $0) }
    func moved(_ reader: inout CampaignReader, _ key: String, _ path: String) -> Set<ScreeningMove> {
      Set(keys[key].map { reader.words($0, path, in: node, from: moves) } ?? [])
    }
    return ScreeningPolicy(
      twoPersons: moved(&self, "two-persons", "screening.two_persons"),
      documented: moved(&self, "documented", "screening.documented"))
  }

  mutating func vote(_ node: Node) -> NomineeVote? {
    let keys = yaml.mapping(
      node, "vote",
      keys: ["method", "choose", "levels", "quorum", "threshold", "must-exceed-threshold", "places", "ties"])
    let names = [("approval", "approval"), ("choose", "choose"), ("scale", "scale"), ("jury", "jury")]
    guard let name = word(keys["method"], "vote.method", in: node, from: names) else { return nil }
    let number: String? = ["choose": "choose", "scale": "levels", "jury": "levels"][name]
    for other in ["choose", "levels"] where other != number {
      if let node = keys[other] {
        yaml.fail(node, Text(vi: "không dùng với method: \(name)", en: "does not go with method: \(name)"))
      }
    }
    var count: UInt32 = 0
    if let number {
      guard let node = keys[number] else {
        yaml.fail(keys["method"], .missingKey(number))
        return nil
      }
      guard let value = small(node, "vote.\(number)") else { return nil }
      count = value
    }
    let method: NomineeVote.Method =
      switch name {
      case "choose": .choose(count)
      case "scale": .scale(levels: count)
      case "jury": .jury(points: count)
      default: .approval
      }
    let rules = NomineeVote.TieRule.allCases.map { ($0.rawValue, $0) }
    return NomineeVote(
      method: method, quorum: keys["quorum"].flatMap { share($0, "vote.quorum") },
      threshold: keys["threshold"].flatMap { share($0, "vote.threshold") },
      mustExceedThreshold: keys["must-exceed-threshold"].flatMap { yaml.flag($0, "vote.must_exceed_threshold") }
        ?? false,
      places: keys["places"].flatMap { small($0, "vote.places") },
      ties: keys["ties"].flatMap { word($0, "vote.ties", in: node, from: rules) } ?? .undecided)
  }

  private mutating func whole(_ node: Node, _ path: String) -> Int64? {
    guard let text = yaml.text(node, path) else { return nil }
    guard let value = Int64(text) else {
      yaml.fail(node, Text(vi: "cần một số nguyên, không có dấu chấm", en: "must be a whole number without separators"))
      return nil
    }
    return value
  }

  private mutating func small(_ node: Node, _ path: String) -> UInt32? {
    guard let value = whole(node, path) else { return nil }
    guard let small = UInt32(exactly: value) else {
      yaml.fail(node, Text(vi: "cần 0 đến \(UInt32.max)", en: "must be 0 to \(UInt32.max)"))
      return nil
    }
    return small
  }

  private mutating func share(_ node: Node, _ path: String) -> Rational? {
    guard let text = yaml.text(node, path) else { return nil }
    guard let share = Rational(text) else {
      yaml.fail(node, Text(vi: "cần một tỷ lệ như 1/2 hoặc 0.5", en: "must be a share like 1/2 or 0.5"))
      return nil
    }
    return share
  }
}
