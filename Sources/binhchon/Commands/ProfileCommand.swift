import ArgumentParser
import Foundation

struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "profile",
    Text(
      vi: "Hồ sơ kết nối: máy chủ và chứng thư dưới một tên.", en: "Profiles: a server and an identity under a name."),
    examples: [
      (
        "binhchon profile save demo --server 127.0.0.1:7443 --identity demo-data/certs/official",
        Text(vi: "lưu; hồ sơ đầu tiên được dùng luôn", en: "save; the first one is used from then on")
      ),
      ("binhchon profile use demo", Text(vi: "dùng khi không nói gì khác", en: "use it where nothing else is said")),
      ("binhchon watch --profile demo --poll hai-chau-hai-long", Text(vi: "dùng một lần", en: "use it once")),
    ],
    subcommands: [SaveProfile.self, ListProfiles.self, ShowProfile.self, UseProfile.self],
    defaultSubcommand: ListProfiles.self)
}

struct SaveProfile: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "save",
    Text(
      vi: "Lưu --server, --identity, --server-name, --lang dưới một tên.",
      en: "Keep --server, --identity, --server-name, --lang under a name."),
    examples: [
      ("binhchon profile save demo --server 127.0.0.1:7443 --identity certs/official", Text(vi: "lưu", en: "save"))
    ])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tên hồ sơ.", en: "The profile's name."))
  var name: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let flags = context.flags
    if let server = flags.server, ServerAddress(server) == nil {
      throw ClientError(
        .usage, Text(vi: "địa chỉ “\(server)” sai dạng", en: "the address “\(server)” is malformed"),
        next: Text(vi: "viết MÁY_CHỦ:CỔNG", en: "write HOST:PORT"))
    }
    if let identity = flags.identity { _ = try IdentityFiles(base: identity) }
    let profile = Profile(
      server: flags.server,
      // The profile is used from anywhere.
      identity: flags.identity.map { URL(fileURLWithPath: $0).standardizedFileURL.path },
      serverName: flags.serverName, lang: flags.lang?.rawValue)
    guard profile != Profile() else {
      throw ClientError(
        .usage, Text(vi: "không có gì để lưu", en: "there is nothing to save"),
        next: Text(vi: "thêm --server và --identity", en: "add --server and --identity"))
    }
    let store = try ProfileStore(context.environment)
    let path = try store.save(profile, as: name)
    if try store.current() == nil { try store.use(name) }
    context.console.say(Text(vi: "đã lưu \(path)", en: "saved \(path)"))
    return .ok
  }
}

struct ListProfiles: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "list", Text(vi: "Liệt kê hồ sơ; * là hồ sơ đang dùng.", en: "List the profiles; * is the one in use."),
    examples: [("binhchon profile list", Text(vi: "danh sách", en: "the list"))])

  @OptionGroup var options: GlobalOptions

  func run(_ context: CommandContext) async throws -> SysExit {
    let store = try ProfileStore(context.environment)
    let current = try store.current()
    let names = store.names()
    var status = SysExit.ok
    for name in names {
      let profile: Profile
      do throws(ClientError) {
        profile = try store.load(name)
      } catch {
        // The others are fine all the same.
        context.console.report(error)
        status = error.status
        continue
      }
      if context.console.json {
        try context.console.print(json: ProfileRecord(name, profile, isCurrent: name == current))
      } else {
        let mark = name == current ? "*" : " "
        try context.console.print("\(mark) \(name)  \(profile.server ?? "–")  \(profile.identity ?? "–")")
      }
    }
    if names.isEmpty {
      context.console.say(
        Text(vi: "chưa có hồ sơ nào; `binhchon profile save`", en: "there is no profile yet; `binhchon profile save`"))
    }
    return status
  }
}

struct ShowProfile: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "show", Text(vi: "In một hồ sơ.", en: "Print a profile."),
    examples: [("binhchon profile show demo", Text(vi: "hồ sơ demo", en: "the profile demo"))])

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: .text(vi: "Tên hồ sơ; mặc định: hồ sơ đang dùng.", en: "The profile's name; default: the one in use."))
  var name: String?

  func run(_ context: CommandContext) async throws -> SysExit {
    let store = try ProfileStore(context.environment)
    let current = try store.current()
    guard let name = name ?? current else {
      throw ClientError(
        .configuration, Text(vi: "chưa chọn hồ sơ nào", en: "no profile is in use"),
        next: Text(vi: "`binhchon profile use TÊN`", en: "`binhchon profile use NAME`"))
    }
    let profile = try store.load(name)
    if context.console.json {
      try context.console.print(json: ProfileRecord(name, profile, isCurrent: name == current))
    } else {
      try context.console.printVerbatim(profile.yaml)
    }
    return .ok
  }
}

struct UseProfile: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "use", Text(vi: "Dùng một hồ sơ khi không nói gì khác.", en: "Use a profile where nothing else is said."),
    examples: [("binhchon profile use demo", Text(vi: "từ nay dùng demo", en: "demo from now on"))])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tên hồ sơ.", en: "The profile's name."))
  var name: String

  func run(_ context: CommandContext) async throws -> SysExit {
    try ProfileStore(context.environment).use(name)
    context.console.say(Text(vi: "từ nay dùng hồ sơ \(name)", en: "\(name) is used from now on"))
    return .ok
  }
}

struct ProfileRecord: Encodable {
  var profile: String
  var current: Bool
  var server: String?
  var identity: String?
  var serverName: String?
  var lang: String?

  init(_ name: String, _ profile: Profile, isCurrent: Bool) {
    self.profile = name
    current = isCurrent
    server = profile.server
    identity = profile.identity
    serverName = profile.serverName
    lang = profile.lang
  }
}
