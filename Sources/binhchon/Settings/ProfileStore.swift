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
    try NamedFile.path(name, in: profiles)
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
    try NamedFile.write(profile.yaml, to: path)
    return path
  }

  func names() -> [String] {
    NamedFile.names(in: profiles)
  }

  /// Nil: none was chosen.
  func current() throws(ClientError) -> String? {
    guard FileManager.default.fileExists(atPath: currentFile) else { return nil }
    let name = try readText(currentFile).trimmingCharacters(in: .whitespacesAndNewlines)
    return name.isEmpty ? nil : name
  }

  func use(_ name: String) throws(ClientError) {
    _ = try load(name)
    try NamedFile.write(name + "\n", to: currentFile)
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
