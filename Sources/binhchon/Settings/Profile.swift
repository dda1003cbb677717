internal import Yams

/// A connection under a name: `~/.config/binhchon/profiles/NAME.yaml`.
struct Profile: Sendable, Equatable {
  var server: String?
  var identity: String?
  var serverName: String?
  var lang: String?

  static let keys = ["server", "identity", "server-name", "lang"]

  init(server: String? = nil, identity: String? = nil, serverName: String? = nil, lang: String? = nil) {
    self.server = server
    self.identity = identity
    self.serverName = serverName
    self.lang = lang
  }

  /// Reads a profile; every unknown key and wrong value is told with its line.
  init(yaml: String, file: String) throws(ClientError) {
    self.init()
    let root = try YAMLReader.root(of: yaml, file: file, failing: .configuration)
    var reader = YAMLReader()
    let values = reader.mapping(root, "", keys: Self.keys)
    func text(_ key: String) -> String? {
      guard let node = values[key] else { return nil }
      return reader.text(node, key)
    }
    server = text("server")
    identity = text("identity")
    serverName = text("server-name")
    lang = text("lang")
    if let node = values["server"], let server, ServerAddress(server) == nil {
      reader.fail(node, Text(vi: "cần MÁY_CHỦ:CỔNG", en: "must be HOST:PORT"))
    }
    if let node = values["lang"], let lang, Language(rawValue: lang) == nil {
      reader.fail(node, Text(vi: "cần vi hoặc en", en: "must be vi or en"))
    }
    if let error = reader.error(.configuration, file: file) { throw error }
  }

  var yaml: String {
    [("server", server), ("identity", identity), ("server-name", serverName), ("lang", lang)]
      .compactMap { key, value in value.map { "\(key): \(PollWriter.quoted($0))\n" } }.joined()
  }
}

/// HOST:PORT; an IPv6 address stands in brackets.
struct ServerAddress: Sendable, Equatable, CustomStringConvertible {
  var host: String
  var port: Int

  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65_535).contains(port)
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self.host = host
    self.port = port
  }

  var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
