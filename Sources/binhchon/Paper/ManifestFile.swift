import Foundation
internal import Polling
internal import Schema
internal import Yams

/// The manifest of a batch of paper as a YAML file.
enum ManifestFile {
  /// Reads it; every mistake is told at once, with its line. What it says of the poll is for the server to check.
  static func read(_ text: String, file: String) throws(ClientError) -> Binhchon_V1_PaperManifest {
    let root = try YAMLReader.root(of: text, file: file, failing: .badData)
    var reader = YAMLReader()
    let manifest = reader.manifest(root)
    if let error = reader.error(.badData, file: file) { throw error }
    return manifest
  }
}

extension YAMLReader {
  fileprivate mutating func manifest(_ node: Node) -> Binhchon_V1_PaperManifest {
    let keys = mapping(
      node, "",
      keys: ["poll-version", "unit", "from", "to", "questionnaires", "controls", "single-entry", "files"])
    var manifest = Binhchon_V1_PaperManifest()
    manifest.unit = text(keys["unit"], "unit", required: "unit", in: node)
    if let version = keys["poll-version"] {
      manifest.pollVersion = UInt32(clamping: wholeNumber(version, "poll-version") ?? 0)
    }
    for (key, path) in [("from", \Binhchon_V1_PaperManifest.firstDay), ("to", \.lastDay)] {
      if let value = keys[key] {
        manifest[keyPath: path] = day(value, key)?.description ?? ""
      } else {
        fail(node, Text(vi: "thiếu khóa “\(key)”", en: "key “\(key)” is missing"))
      }
    }
    if let value = keys["questionnaires"] {
      manifest.questionnaires = wholeNumber(value, "questionnaires") ?? 0
    } else {
      fail(node, Text(vi: "thiếu khóa “questionnaires”", en: "key “questionnaires” is missing"))
    }
    manifest.singleEntry = keys["single-entry"].flatMap { flag($0, "single-entry") } ?? false
    if let list = keys["controls"] {
      manifest.controls = sequence(list, "controls", required: "controls", in: node).enumerated().map {
        control($1, "controls[\($0)]")
      }
    }
    if let list = keys["files"] {
      for (index, item) in sequence(list, "files", required: "files", in: node).enumerated() {
        guard let digits = text(item, "files[\(index)]"), let hash = Fingerprint(digits) else {
          fail(item, Text(vi: "cần SHA-256 của tệp, 64 chữ số hex", en: "must be a SHA-256, 64 hexadecimal digits"))
          continue
        }
        manifest.files.append(Data(hash.bytes))
      }
    }
    return manifest
  }

  private mutating func control(_ node: Node, _ path: String) -> Binhchon_V1_PaperControl {
    let keys = mapping(node, path, keys: ["question", "choice", "count"])
    var control = Binhchon_V1_PaperControl()
    control.subject.question = text(keys["question"], "\(path).question", required: "question", in: node)
    control.subject.choice = keys["choice"].flatMap { text($0, "\(path).choice") } ?? ""
    if let count = keys["count"] {
      control.count = wholeNumber(count, "\(path).count") ?? 0
    } else {
      fail(node, Text(vi: "thiếu khóa “count”", en: "key “count” is missing"))
    }
    return control
  }

  private mutating func wholeNumber(_ node: Node, _ path: String) -> UInt64? {
    guard let text = text(node, path) else { return nil }
    guard let number = UInt64(text) else {
      fail(node, Text(vi: "cần một số nguyên không âm", en: "must be a whole number, 0 or more"))
      return nil
    }
    return number
  }
}
