import Foundation

/// Files that a person keeps under names: `DIRECTORY/NAME.yaml`.
enum NamedFile {
  static func path(_ name: String, in directory: String) throws(ClientError) -> String {
    let allowed = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    guard allowed, !name.isEmpty, !name.hasPrefix(".") else {
      throw ClientError(
        .usage, Text(vi: "“\(name)” không dùng làm tên được", en: "“\(name)” cannot be a name"),
        next: Text(vi: "dùng chữ cái ASCII, chữ số, “-”, “_”, “.”", en: "use ASCII letters, digits, “-”, “_”, “.”"))
    }
    return "\(directory)/\(name).yaml"
  }

  static func names(in directory: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }

  static func write(_ text: String, to path: String) throws(ClientError) {
    do {
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw ClientError(
        .cannotCreate, Text(vi: "không ghi được \(path)", en: "cannot write \(path)"),
        why: Text(verbatim: error.localizedDescription))
    }
  }
}
