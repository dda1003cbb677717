import Foundation
import Polling
import Schema
import TLS
import Testing

@testable import binhchon

/// A directory that is gone when the test is.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "binhchon-client-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, _ name: String, mode: Int = 0o600) throws -> String {
    let file = path + "/" + name
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    return file
  }

  /// Empty files of an identity called `name`.
  func identity(_ name: String, keyMode: Int = 0o600) throws -> String {
    _ = try write("", name + ".pem")
    _ = try write("", name + ".key", mode: keyMode)
    _ = try write("", "ca.pem")
    return path + "/" + name
  }
}

@Suite struct SettingsTests {
  @Test func flagThenEnvironmentThenProfile() throws {
    let directory = try TemporaryDirectory()
    let (flag, variable, saved) = (
      try directory.identity("flag"), try directory.identity("variable"), try directory.identity("saved")
    )
    var environment = ProcessEnvironment(variables: ["XDG_CONFIG_HOME": directory.path])
    let store = try ProfileStore(environment)
    _ = try store.save(Profile(server: "saved:1", identity: saved, serverName: "name", lang: "en"), as: "office")
    #expect { try ConnectionSettings(.init(), environment) } throws: { ($0 as? ClientError)?.status == .configuration }

    try store.use("office")
    var settings = try ConnectionSettings(.init(), environment)
    #expect(settings.server.description == "saved:1")
    #expect(ConnectionSettings.server(.init(), environment) == "saved:1")
    #expect(settings.identity.key == saved + ".key")
    #expect(settings.serverName == "name")
    #expect(ConnectionSettings.language(.init(), environment) == .en)

    environment.variables["BINHCHON_SERVER"] = "variable:2"
    environment.variables["BINHCHON_IDENTITY"] = variable
    environment.variables["BINHCHON_LANG"] = "vi"
    settings = try ConnectionSettings(.init(), environment)
    #expect(settings.server.description == "variable:2")
    #expect(settings.identity.certificate == variable + ".pem")
    #expect(ConnectionSettings.language(.init(), environment) == .vi)

    settings = try ConnectionSettings(.init(server: "flag:3", identity: flag, lang: .en), environment)
    #expect(settings.server.description == "flag:3")
    #expect(settings.identity.trustRoots == directory.path + "/ca.pem")
    #expect(ConnectionSettings.language(.init(lang: .en), environment) == .en)
  }

  @Test func aNamedProfileGoesBeforeTheChosenOne() throws {
    let directory = try TemporaryDirectory()
    var environment = ProcessEnvironment(variables: ["XDG_CONFIG_HOME": directory.path])
    let store = try ProfileStore(environment)
    for name in ["a", "b", "c"] { _ = try store.save(Profile(server: "\(name):1"), as: name) }
    try store.use("a")
    #expect(try ConnectionSettings.profile(.init(), environment)?.server == "a:1")
    environment.variables["BINHCHON_PROFILE"] = "b"
    #expect(try ConnectionSettings.profile(.init(), environment)?.server == "b:1")
    #expect(try ConnectionSettings.profile(.init(profile: "c"), environment)?.server == "c:1")
    #expect { try ConnectionSettings.profile(.init(profile: "d"), environment) } throws: {
      ($0 as? ClientError)?.status == .noInput
    }
    #expect(store.names() == ["a", "b", "c"])
    #expect(throws: ClientError.self) { try store.save(Profile(), as: "../evil") }
  }

  @Test(arguments: [
    ("127.0.0.1:7443", "127.0.0.1"), ("may-chu.vn:1", "may-chu.vn"), ("[::1]:65535", "::1"), (":7", nil), ("a", nil),
    ("a:0", nil), ("a:65536", nil), ("::1:7", nil), ("a:b", nil),
  ])
  func addresses(_ text: String, _ host: String?) {
    #expect(ServerAddress(text)?.host == host)
    if host != nil { #expect(ServerAddress(text)?.description == text) }
  }

  @Test(arguments: [(0o600, true), (0o400, true), (0o640, true), (0o644, false), (0o604, false), (0o660, false)])
  func aKeyThatOthersCanGetAtIsRefused(_ mode: Int, _ isFine: Bool) throws {
    let directory = try TemporaryDirectory()
    let identity = try directory.identity("me", keyMode: mode)
    if isFine {
      #expect(try IdentityFiles(base: identity).key == identity + ".key")
      #expect(try IdentityFiles(base: identity + ".pem").key == identity + ".key")
    } else {
      #expect { try IdentityFiles(base: identity) } throws: { error in
        let error = error as? ClientError
        return error?.status == .notPermitted && error?.next?(.en).hasPrefix("chmod 600") == true
      }
    }
  }

  @Test func aMissingFileIsNamed() throws {
    let directory = try TemporaryDirectory()
    #expect { try IdentityFiles(base: directory.path + "/nobody") } throws: { error in
      (error as? ClientError)?.what(.en) == "cannot read \(directory.path)/nobody.pem"
    }
  }

  @Test func profilesRoundTrip() throws {
    let profile = Profile(server: "a:1", identity: "/x y/\"z\"", serverName: "yes", lang: "vi")
    #expect(try Profile(yaml: profile.yaml, file: "p") == profile)
  }

  @Test func everyMistakeOfAProfileIsToldWithItsLine() throws {
    let text = "server: nowhere\nfoo: 1\nlang: fr\nidentity: [a]\n"
    #expect { try Profile(yaml: text, file: "p.yaml") } throws: { error in
      guard let error = error as? ClientError, let why = error.why?(.en) else { return false }
      return error.status == .configuration && why.contains("p.yaml:1:9:") && why.contains("p.yaml:2:1: unknown key")
        && why.contains("p.yaml:3:7:") && why.contains("p.yaml:4:11:")
    }
    for text in ["", "- a\n", "a: [\n", "server: a:1\nserver: b:2\n"] {
      #expect { try Profile(yaml: text, file: "p") } throws: { ($0 as? ClientError)?.status == .configuration }
    }
  }
}

@Suite struct PollFileTests {
  @Test func theExampleIsTheFileInTheRepository() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = try String(contentsOf: root.appendingPathComponent("examples/hai-chau-hai-long.yaml"), encoding: .utf8)
    #expect(PollExample.haiChau == file)
  }

  @Test func theExampleIsThePollOfHaiChau() throws {
    let poll = try PollFile.read(PollExample.haiChau, file: "example")
    #expect(poll.id.rawValue == "hai-chau-hai-long")
    #expect(
      poll.questions.map { $0.choices.map(\.code) } == [
        ["RKHL", "KHL", "BT", "HL", "RHL"], ["THAI-DO", "CHO-LAU", "HO-SO", "TRE-HEN", "HUONG-DAN", "KHAC"],
      ])
    #expect(poll.questions.map(\.isOptional) == [false, true])
    #expect(poll.questions[1].askedIf == Condition(question: "hai-long", choices: ["RKHL", "KHL"]))
    #expect(poll.units.count == 5)
    #expect(poll.policy == Policy(cooldown: 2_000, burst: .init(presses: 10, within: 30_000)))
    // As it says, what it says of the page is what is usual.
    #expect(poll.kiosk == KioskPage())
    #expect(poll.violations().isEmpty)
  }

  @Test func whatIsShownCanBePublishedAgain() throws {
    var poll = try Samples.poll()
    poll.title.vi = "Dấu \"nháy\", hai chấm: và \\ gạch"
    poll.units[0].name.en = "# no comment"
    poll.opensAtMs = 1_700_000_000_000
    poll.closesAtMs = 1_800_000_000_000
    poll.policy.timePrecision = .hour
    poll.policy.onePerCredential = true
    var other = poll.questions[0]
    other.id = "goi-y"
    other.kind = .multiple
    other.votesAllowed = 3
    other.optional = true
    poll.questions.append(other)
    poll.policy.cooldownMs = 1_500
    poll.policy.burst.withinMs = 3_600_000
    poll.policy.lateMs = 0
    poll.policy.k = 12
    poll.policy.paperEntries = 1
    poll.policy.anonymity = .anonymous
    poll.policy.onePerCredential = false
    var khmer = Binhchon_V1_Translation()
    (khmer.language, khmer.text) = ("km", "ពិន្ទុ\u{2028}: x")
    poll.title.others = [khmer]
    poll.questions[0].meaning = 3
    var scale = poll.questions[0]
    (scale.id, scale.kind, scale.meaning) = ("nps", .scale, 1)
    scale.choices = (0...10).map { mark in
      var choice = Binhchon_V1_Choice()
      (choice.code, choice.label.vi, choice.label.en) = ("\(mark)", "\(mark)", "\(mark)")
      return choice
    }
    var test = Binhchon_V1_AnswerTest()
    (test.question, test.choices) = ("nps", ["0", "10"])
    var second = test
    (second.question, second.choices) = ("hai-long", ["HL"])
    var last = poll.questions[1]
    last.id = "vi-sao"
    last.clearAskedIf()
    last.askedIf.any = [test, second]
    poll.questions += [scale, last]
    poll.kiosk.languages = ["en", "vi"]
    poll.kiosk.idleTimeoutMs = 90_000
    poll.kiosk.thanks.vi = "Cảm ơn: #1 \"tốt\""
    poll.kiosk.thanks.en = ""
    poll.kiosk.thanksDurationMs = 500
    let yaml = PollWriter.yaml(poll)
    var again = Binhchon_V1_Poll(try PollFile.read(yaml, file: "shown"))
    again.version = poll.version
    again.status = poll.status
    #expect(again == poll)
    #expect(try PollFile.read(yaml, file: "shown").definitionHash == Poll(poll).definitionHash)
  }

  @Test(arguments: [
    ("unit: hai-chau\nunits:", "unit: hai chau\nunits:", "9:7:"),
    ("kind: ordinal\n", "kind: ordinary\n", "must be ordinal, single, multiple, indicator, scale0to10 or text"),
    ("kind: ordinal\n", "kind: multiple\n", "votes-allowed"),
    ("kind: ordinal\n", "kind: ordinal\n    votes-allowed: 2\n", "goes with kind: multiple only"),
    ("id: hai-chau-hai-long\n", "id: hai-chau-hai-long\nname: x\n", "4:1: unknown key “name”"),
    ("time-precision: second", "time-precision: century", "must be second, minute, hour or day"),
    ("one-per-credential: false", "one-per-credential: maybe", "must be true or false"),
    ("policy:\n", "opens: tomorrow\npolicy:\n", "must be a time like"),
    ("path: hai-chau/mot-cua/quay-03", "path: da-nang", "units[4].path lies outside hai-chau"),
    ("code: RHL", "code: HL", "questions[0].choices[4].code is there twice"),
    ("      vi: Quầy 03\n", "", "key “vi” is missing"),
    ("cooldown: 2s", "cooldown: 2", "must be like 500ms, 2s, 5m, 1h or 7d"),
    ("cooldown: 2s", "cooldown: -2s", "must be like"),
    ("cooldown: 2s", "cooldown: 99999999999999999999d", "must be like"),
    ("cooldown: 2s", "cooldown: 9999999999999999d", "must be like"),
    ("cooldown: 2s", "cooldown: 1h", "policy.cooldown_ms must be 0 to 600000"),
    ("presses: 10", "presses: many", "must be a number"),
    ("{presses: 10, within: 30s}", "{presses: 10}", "key “within” is missing"),
    ("{presses: 10, within: 30s}", "{presses: 0, within: 30s}", "policy.burst.presses must be"),
    ("late-until-seal: 7d", "late-until-seal: 400d", "policy.late_ms must be 0 to 366 days"),
    ("[vi, en]", "[vi, fr]", "kiosk.languages[1] is a language that no question is there in"),
    ("[vi, en]", "[vi, Fr]", "must be a language tag such as vi, en or km"),
    ("[vi, en]", "[vi, vi]", "kiosk.languages name one twice"),
    ("idle-timeout: 30s", "idle-timeout: 1s", "kiosk.idle_timeout_ms must be"),
    (
      "# questions: [phuc-vu]", "questions: [hai-long]",
      "kiosk.questions[0] must be the id of a question that is optional"
    ),
    ("# questions: [phuc-vu]", "questions: [ly-do, ly-do]", "kiosk.questions[1] is named twice"),
    ("thanks-duration: 2s", "duration: 2s", "unknown key “duration”"),
    ("{question: hai-long,", "{question: hai-lon,", "questions[1].asked_if.question is no question of this poll"),
    ("{question: hai-long,", "{question: ly-do,", "109:26: questions[1].asked_if.question is the question itself"),
    ("{question: hai-long, choices: [RKHL, KHL]}", "{all: []}", "109:15: questions[1].asked_if must name 1 to 10"),
    (
      "{question: hai-long, choices: [RKHL, KHL]}", "{any: [{question: hai-long, choices: [X]}]}",
      "questions[1].asked_if.choices[0] is no choice of that question"
    ),
    ("kind: single", "kind: text", "unknown key “optional”; known keys: id, text, kind, most-bytes"),
    ("kind: ordinal\n", "kind: indicator\n", "questions[0].choices must be 0, 1, 2, in this order"),
    ("k: 5", "k: 2", "policy.k must be 3 to 1000, or 1 to leave out nothing"),
    ("k: 5", "k: five", "must be a number"),
    ("paper-entries: 2", "paper-entries: 3", "policy.paper_entries must be 2, or 1 to allow single entry"),
    ("paper-entries: 2", "paper-entries: once", "must be a number"),
    ("anonymity: pseudonymous", "anonymity: some", "must be pseudonymous or anonymous"),
    ("anonymity: pseudonymous", "anonymity: anonymous", "policy.time_precision must be hour or day"),
    (
      "  en: Satisfaction", "  Khmer: x\n  en: Satisfaction", "6:10: title.others[0].language must be a language tag"
    ),
    ("[RKHL, KHL]", "[RKHL, KLH]", "questions[1].asked_if.choices[1] is no choice of that question"),
    ("choices: [RKHL, KHL]", "choice: RKHL", "unknown key “choice”"),
  ])
  func mistakesAreToldWithTheirPlace(_ old: String, _ new: String, _ expected: String) throws {
    #expect(PollExample.haiChau.contains(old))
    let text = PollExample.haiChau.replacing(old, with: new, maxReplacements: 1)
    #expect { try PollFile.read(text, file: "f.yaml") } throws: { error in
      guard let error = error as? ClientError, let why = error.why?(.en) else { return false }
      return error.status == .badData && why.contains("f.yaml:") && why.contains(expected)
    }
  }

  static let lengths: [(String, Int64)] = [
    ("0s", 0), ("1ms", 1), ("999ms", 999), ("2s", 2_000), ("90s", 90_000), ("5m", 300_000), ("1h", 3_600_000),
    ("7d", 604_800_000), ("366d", 31_622_400_000),
  ]

  @Test(arguments: lengths)
  func lengthsOfTime(_ text: String, _ milliseconds: Int64) {
    #expect(PollDuration.parse(text) == milliseconds)
    #expect(PollDuration.text(milliseconds) == text)
  }

  @Test func aLengthOfTimeHasOneShortestForm() {
    #expect(PollDuration.text(7_200_000) == "2h")
    #expect(PollDuration.parse("120m") == 7_200_000)
    for text in ["", "s", "2", "2 s", "2S", "1.5s", "２s", "2sm", "-1s"] { #expect(PollDuration.parse(text) == nil) }
  }

  @Test func aPollWithoutOptionsIsNotPublished() throws {
    let text = """
      id: p
      title: {vi: P}
      unit: u
      units: [{path: u, name: {vi: U}}]
      questions:
        - id: q
          kind: single
          text: {vi: Q}
          choices: [{code: A, label: {vi: A}}]
      """
    #expect { try PollFile.read(text, file: "f") } throws: { ($0 as? ClientError)?.why?(.en).contains("f:9:") == true }
    #expect { try PollFile.read(text, file: "f") } throws: {
      ($0 as? ClientError)?.why?(.en).contains("[NO_OPTIONS]") == true
    }
  }
}

@Suite struct CertificateTests {
  @Test func sayWhoTheirOwnerIs() throws {
    let authority = try CertificateIssuer.authority(named: "CA", notBefore: 0, notAfter: 4_000_000_000)
    let client = try authority.client(
      uri: "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-03", commonName: "Quầy 03", notBefore: 1_600_000_000,
      notAfter: 1_700_000_000)
    let directory = try TemporaryDirectory()
    let certificate = try CertificateFile(path: try directory.write(client.certificatePEM, "me.pem"))
    #expect(certificate.subject == "CN=Quầy 03")
    #expect(certificate.issuer == "CN=CA")
    #expect(certificate.notAfter == 1_700_000_000)
    let identity = try #require(certificate.identity)
    #expect(identity.role == "kiosk")
    #expect(identity.unit == "hai-chau/mot-cua")
    #expect(identity.name == "quay-03")
    #expect(WhoAmIRecord(certificate, path: "me.pem", now: 1_699_913_600).daysLeft == 1)
    #expect(!WhoAmIRecord(certificate, path: "me.pem", now: 1_699_999_999).expired)
    #expect(WhoAmIRecord(certificate, path: "me.pem", now: 1_700_000_000).expired)
    #expect(throws: ClientError.self) { try CertificateFile(path: try directory.write("no", "no.pem")) }
  }

  @Test(arguments: [
    ("spiffe://d/admin/root", "admin", ""), ("spiffe://d/official/hai-chau/lan", "official", "hai-chau"),
  ])
  func identities(_ uri: String, _ role: String, _ unit: String) {
    #expect(CallerIdentity(uri: uri)?.role == role)
    #expect(CallerIdentity(uri: uri)?.unit == unit)
  }

  @Test(arguments: ["https://d/a/b", "spiffe://d/a", "spiffe://d//b", "spiffe://d/a/b/", ""])
  func noIdentities(_ uri: String) {
    #expect(CallerIdentity(uri: uri) == nil)
  }
}
