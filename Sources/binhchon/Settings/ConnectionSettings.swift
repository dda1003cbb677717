import Foundation

/// Where to connect and as whom, and which language to speak: flag, then environment, then profile, then default.
struct ConnectionSettings: Sendable, Equatable {
  var server: ServerAddress
  var identity: IdentityFiles
  /// The name that the server's certificate must carry; nil: the host.
  var serverName: String?

  /// What the command line said; nil: nothing.
  struct Flags: Sendable, Equatable {
    var server: String?
    var identity: String?
    var serverName: String?
    var profile: String?
    var lang: Language?
  }

  /// The profile in force; nil: none named and none chosen.
  static func profile(_ flags: Flags, _ environment: ProcessEnvironment) throws(ClientError) -> Profile? {
    if let name = flags.profile ?? environment["BINHCHON_PROFILE"] {
      return try ProfileStore(environment).load(name)
    }
    guard environment.configurationDirectory != nil else { return nil }
    let store = try ProfileStore(environment)
    guard let name = try store.current() else { return nil }
    return try store.load(name)
  }

  init(_ flags: Flags, _ environment: ProcessEnvironment) throws(ClientError) {
    let profile = try Self.profile(flags, environment)
    server = try Self.address(flags, environment, profile)
    identity = try IdentityFiles(base: Self.identity(flags, environment, profile))
    serverName = flags.serverName ?? profile?.serverName
  }

  /// The server, for whom has no identity yet.
  static func address(_ flags: Flags, _ environment: ProcessEnvironment) throws(ClientError) -> ServerAddress {
    try address(flags, environment, try profile(flags, environment))
  }

  private static func address(
    _ flags: Flags, _ environment: ProcessEnvironment, _ profile: Profile?
  ) throws(ClientError) -> ServerAddress {
    guard let text = flags.server ?? environment["BINHCHON_SERVER"] ?? profile?.server else {
      throw ClientError(
        .configuration, Text(vi: "chưa biết máy chủ nào", en: "no server is named"),
        next: Text(
          vi: "thêm --server MÁY_CHỦ:CỔNG, đặt BINHCHON_SERVER, hoặc lưu một hồ sơ: `binhchon profile save`",
          en: "add --server HOST:PORT, set BINHCHON_SERVER, or save a profile: `binhchon profile save`"))
    }
    guard let server = ServerAddress(text) else {
      throw ClientError(
        .usage, Text(vi: "địa chỉ “\(text)” sai dạng", en: "the address “\(text)” is malformed"),
        next: Text(vi: "viết MÁY_CHỦ:CỔNG, ví dụ 127.0.0.1:7443", en: "write HOST:PORT, for example 127.0.0.1:7443"))
    }
    return server
  }

  /// The server as it was named, for messages; nil: nobody named one.
  static func server(_ flags: Flags, _ environment: ProcessEnvironment) -> String? {
    // A profile that cannot be read was told when it was needed.
    flags.server ?? environment["BINHCHON_SERVER"] ?? (try? profile(flags, environment))?.server
  }

  /// The PATH of `--identity`, for what needs no server.
  static func identity(
    _ flags: Flags, _ environment: ProcessEnvironment, _ profile: Profile?
  ) throws(ClientError) -> String {
    guard let path = flags.identity ?? environment["BINHCHON_IDENTITY"] ?? profile?.identity else {
      throw ClientError(
        .configuration, Text(vi: "chưa biết chứng thư nào", en: "no identity is named"),
        next: Text(
          vi: "thêm --identity ĐƯỜNG_DẪN (có .pem, .key và ca.pem bên cạnh), đặt BINHCHON_IDENTITY, hoặc lưu một hồ sơ",
          en:
            "add --identity PATH (with PATH.pem, PATH.key and ca.pem beside them), set BINHCHON_IDENTITY, or save a profile"
        ))
    }
    return path
  }

  static func language(_ flags: Flags, _ environment: ProcessEnvironment) -> Language {
    if let language = flags.lang { return language }
    if let language = environment["BINHCHON_LANG"].flatMap(Language.init(rawValue:)) { return language }
    // A profile that cannot be read is told where it is needed; here it only cannot name a language.
    if let language = (try? profile(flags, environment))?.lang.flatMap(Language.init(rawValue:)) { return language }
    return Language(environment: environment.variables)
  }
}

/// PATH.pem, PATH.key, and `ca.pem` beside them.
struct IdentityFiles: Sendable, Equatable {
  var certificate: String
  var key: String
  var trustRoots: String

  init(base: String) throws(ClientError) {
    let base = base.hasSuffix(".pem") || base.hasSuffix(".key") ? String(base.dropLast(4)) : base
    certificate = base + ".pem"
    key = base + ".key"
    trustRoots = ((base as NSString).deletingLastPathComponent as NSString).appendingPathComponent("ca.pem")
    for file in [certificate, key, trustRoots] {
      guard access(file, R_OK) == 0 else {
        throw ClientError(
          errno == EACCES ? .notPermitted : .noInput,
          Text(vi: "không đọc được \(file)", en: "cannot read \(file)"), why: systemMessage(errno),
          next: Text(
            vi: "--identity ĐƯỜNG_DẪN cần ĐƯỜNG_DẪN.pem, ĐƯỜNG_DẪN.key và ca.pem cùng thư mục",
            en: "--identity PATH needs PATH.pem, PATH.key and ca.pem in the same directory"))
      }
    }
    try Self.checkSecrecy(of: key)
  }

  /// A private key that others can read is no longer private. Its group may read it, as Debian's `ssl-cert` does.
  private static func checkSecrecy(of key: String) throws(ClientError) {
    var status = stat()
    guard stat(key, &status) == 0, status.st_mode & 0o037 != 0 else { return }
    let mode = String(status.st_mode & 0o777, radix: 8)
    throw ClientError(
      .notPermitted,
      Text(
        vi: "người khác đọc hoặc ghi được tệp khóa \(key) (quyền 0\(mode))",
        en: "others can get at the key file \(key) (mode 0\(mode))"),
      next: Text(
        vi: "chmod 600 \(key); nếu người lạ đã đọc được, hãy cấp chứng thư mới",
        en: "chmod 600 \(key); if strangers could read it, issue a new certificate"), reason: "KEY_NOT_PRIVATE")
  }
}
