import Foundation

/// The binaries that were built together with these tests.
enum Binaries {
  static let server = directory.appending(path: "binhchond").path
  static let client = directory.appending(path: "binhchon").path

  /// Where the test bundle lies, its siblings lie too.
  private static let directory: URL = {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    if FileManager.default.isExecutableFile(atPath: own.appending(path: "binhchond").path) { return own }
    let bundle = CommandLine.arguments.lazy.map { URL(fileURLWithPath: $0) }
      .first {
        FileManager.default.isExecutableFile(atPath: $0.deletingLastPathComponent().appending(path: "binhchond").path)
      }
    return bundle?.deletingLastPathComponent() ?? own
  }()
}
