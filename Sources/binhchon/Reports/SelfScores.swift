internal import Polling
internal import Yams

/// What offices and their appraisers scored themselves once in a period, as a YAML file; see examples/mot-cua/tu-cham.yaml.
struct SelfScores: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    /// By the indicator's code.
    var own: [String: UInt32]
    var appraised: [String: UInt32]
  }

  /// As on the command line: the scores are of this period and no other.
  var period: String
  /// By the unit's path.
  var entries: [String: Entry]

  /// Reads and checks such a file; every mistake is told at once, with its line.
  static func read(_ text: String, file: String) throws(ClientError) -> SelfScores {
    let root = try YAMLReader.root(of: text, file: file, failing: .badData)
    var reader = YAMLReader()
    let scores = reader.selfScores(root)
    if let error = reader.error(.badData, file: file) { throw error }
    return scores
  }
}

extension YAMLReader {
  fileprivate mutating func selfScores(_ node: Node) -> SelfScores {
    let keys = mapping(node, "", keys: ["period", "units"])
    var scores = SelfScores(
      period: text(keys["period"], "period", required: "period", in: node), entries: [:])
    for (place, node) in sequence(keys["units"], "units", required: "units", in: node).enumerated() {
      let path = "units[\(place)]"
      let keys = mapping(node, path, keys: ["unit", "own", "appraised"])
      let unit = text(keys["unit"], "\(path).unit", required: "unit", in: node)
      let entry = SelfScores.Entry(
        own: marks(keys["own"], "\(path).own"), appraised: marks(keys["appraised"], "\(path).appraised"))
      if scores.entries.updateValue(entry, forKey: unit) != nil {
        fail(keys["unit"], Text(vi: "đơn vị này có hai lần", en: "this unit is there twice"))
      }
    }
    return scores
  }

  private mutating func marks(_ node: Node?, _ path: String) -> [String: UInt32] {
    guard let node else { return [:] }
    guard let mapping = node.mapping else {
      fail(node, Text(vi: "cần các cặp chỉ số: điểm", en: "must be a mapping of indicators to scores"))
      return [:]
    }
    var marks: [String: UInt32] = [:]
    for (key, value) in mapping {
      guard let code = key.string, let mark = text(value, "\(path).\(key.string ?? "")").flatMap(UInt32.init) else {
        fail(value, Text(vi: "cần một số nguyên từ 0", en: "must be a whole number from 0"))
        continue
      }
      marks[code] = mark
    }
    return marks
  }
}
