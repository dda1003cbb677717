import Foundation

/// The profiles of one person, and which of them is used when none is named.
struct ProfileStore: Sendable {
  /// `…/binhchon`
  let directory: String

  init(_ environment: ProcessEnvironment) throws(ClientError) {
    guard let directory = environment.configurationDirectory else {
      throw ClientError(
        .configuration, Text(vi: "không biết thư mục cấu hình", en: "there is no configuration directory"),
        next: Text(vi: "đặt biến HOME hoặc XDG_CONFIG_HOME", en: "set HOME or XDG_CONFIG_HOME"))
    }
    self.directory = directory
  }

  private var profiles: String { directory + "/profiles" }
  private var currentFile: String { directory + "/current" }

  func path(_ name: String) throws(ClientError) -> String {
    let allowed = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    guard allowed, !name.isEmpty, !name.hasPrefix(".") else {
      throw ClientError(
        .usage, Text(vi: "“\(name)” không dùng làm tên hồ sơ được", en: "“\(name)” cannot name a profile"),
        next: Text(vi: "dùng chữ cái ASCII, chữ số, “-”, “_”, “.”", en: "use ASCII letters, digits, “-”, “_”, “.”"))
    }
    return "\(profiles)/\(name).yaml"
  }

  func load(_ name: String) throws(ClientError) -> Profile {
    let path = try path(name)
    guard FileManager.default.fileExists(atPath: path) else {
      let known = names().joined(separator: ", ")
      throw ClientError(
        .noInput, Text(vi: "không có hồ sơ kết nối “\(name)”", en: "there is no profile “\(name)”"),
        why: Text(vi: "không có tệp \(path)", en: "no file \(path)"),
        next: known.isEmpty
          ? Text(vi: "tạo bằng `binhchon profile save \(name) …`", en: "make it with `binhchon profile save \(name) …`")
          : Text(vi: "hiện có: \(known)", en: "there are: \(known)"))
    }
    return try Profile(yaml: try readText(path), file: path)
  }

  func save(_ profile: Profile, as name: String) throws(ClientError) -> String {
    let path = try path(name)
    try write(profile.yaml, to: path)
    return path
  }

  func names() -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: profiles)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// Nil: none was chosen.
  func current() throws(ClientError) -> String? {
    guard FileManager.default.fileExists(atPath: currentFile) else { return nil }
    let name = try readText(currentFile).trimmingCharacters(in: .whitespacesAndNewlines)
    return name.isEmpty ? nil : name
  }

  func use(_ name: String) throws(ClientError) {
    _ = try load(name)
    try write(name + "\n", to: currentFile)
  }

  private func write(_ text: String, to path: String) throws(ClientError) {
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

/// A text file, or an error that names it.
func readText(_ path: String) throws(ClientError) -> String {
  do {
    return try String(contentsOfFile: path, encoding: .utf8)
  } catch {
    let isMissing = !FileManager.default.fileExists(atPath: path)
    throw ClientError(
      .noInput, Text(vi: "không đọc được \(path)", en: "cannot read \(path)"),
      why: isMissing
        ? Text(vi: "không có tệp này", en: "there is no such file") : Text(verbatim: error.localizedDescription))
  }
}
