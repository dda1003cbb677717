import ArgumentParser
import FoundationEssentials
import Glibc
import Ledger
import Polling
import Server
import TLS

struct Init: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a data directory: an empty ledger, a pepper, a configuration file.",
    discussion: """
      Examples:
        binhchond init /var/lib/binhchon
        # also certificates for every role, and the Hải Châu poll published
        binhchond init demo-data --demo
        # also a survey of 11 items, 40 units and 5,000 ratings made up, to try reports out with
        binhchond init example-data --example --until 2025-06-30

      The directory must be new or empty. Keep DIR/pepper with your backups: without it every dossier could be rated \
      again.
      """)

  @Argument(help: "The directory to make.")
  var directory: String

  @Flag(help: "Also make certificates DIR/certs/ROLE.pem and .key for every role, and publish the Hải Châu poll.")
  var demo = false

  @Flag(help: "Like --demo, with the survey of examples/mot-cua.yaml, 40 units and 5,000 ratings made up.")
  var example = false

  @Option(help: ArgumentHelp("What the ratings of --example are drawn from.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The last of the 400 days of --example; default: yesterday.", valueName: "yyyy-mm-dd"))
  var until: String?

  @Option(help: "Trust domain of client certificates.")
  var trustDomain = "binhchon.test"

  func validate() throws {
    if let until, Day(iso: until) == nil { throw ValidationError("--until is a day like 2025-06-30") }
  }

  func run() async throws {
    // Made whole beside its place and then moved there: a crash leaves no half a directory behind.
    guard !directory.isEmpty else { throw ValidationError("name the directory to make") }
    let target = Self.absolute(directory)
    let temporary = "\(target).init-\(getpid())"
    try refuseUnlessEmpty(target)
    try Self.makeDirectories(Self.parent(of: target))
    guard mkdir(temporary, 0o700) == 0 else {
      throw Failure(.cannotCreate, "cannot make \(target): \(Failure.systemReason)")
    }
    var made = temporary
    do {
      try await fill(temporary)
      try Self.syncDirectory(temporary)
      guard rename(temporary, target) == 0 else {
        throw Failure(.cannotCreate, "cannot make \(target): \(Failure.systemReason)")
      }
      made = target
      try Self.syncDirectory(Self.parent(of: target))
    } catch {
      // The first error is the one to tell. What has its name already holds nothing of anybody's yet.
      try? FileManager.default.removeItem(atPath: made)
      throw error
    }
    printNextSteps()
  }

  private func fill(_ directory: String) async throws {
    try writePrivateFile(Pepper.make() + "\n", to: "\(directory)/pepper")
    let values = ["trust_domain": trustDomain].merging(demo || example ? DemoCertificates.configuration : [:]) { $1 }
    try writePrivateFile(ConfigurationTemplate.text(values), to: "\(directory)/binhchon.yaml")
    try SQLiteLedger.create(directory: directory)
    if demo || example { try DemoCertificates.make(in: "\(directory)/certs", trustDomain: trustDomain) }
    if demo { try await publishDemoPoll(in: directory) }
    if example {
      let pepper = try Pepper.load("\(directory)/pepper")
      try await ExampleLedger(
        directory: directory, seed: seed,
        lastDay: until.flatMap { Day(iso: $0) } ?? Day(of: .now).advanced(by: -1)
      ).fill { try hmacSHA256(key: pepper, message: $0) }
    }
  }

  private func publishDemoPoll(in directory: String) async throws {
    let (ledger, _) = try SQLiteLedger.open(directory: directory) { _ in }
    let outcomes = try await ledger.append([
      .publish(try HaiChauPoll.poll(), by: "binhchond init --demo", at: .now)
    ])
    await ledger.close()
    guard case .entered = outcomes.first else { throw Failure(.ourFault, "the demo poll was refused") }
  }

  private func refuseUnlessEmpty(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw Failure(.cannotCreate, "\(path) is there and is no directory that can be read")
    }
    guard names.isEmpty else {
      throw Failure(.cannotCreate, "\(path) is not empty; init never touches what is there")
    }
  }

  private func printNextSteps() {
    let directory = Self.quoted(Self.trimmed(directory))
    print("Made \(directory).")
    if example {
      print(
        """
        Demo certificates are in \(directory)/certs; the ratings are made up.
        Next:
          binhchond serve --config \(directory)/binhchon.yaml
          binhchon report --server 127.0.0.1:7443 --identity \(directory)/certs/auditor --poll mot-cua \
        --period \(year) --format html -o report.html
        """)
    } else if demo {
      print(
        """
        Demo certificates are in \(directory)/certs: for trying out, not for real votes.
        Next:
          binhchond serve --config \(directory)/binhchon.yaml
          binhchon --help
          binhchon watch --server 127.0.0.1:7443 --identity \(directory)/certs/official --poll hai-chau-hai-long
        """)
    } else {
      print(
        """
        Next:
          certs/issue.sh --help     make a CA, a server certificate and client certificates; put them in \(directory)/certs
          binhchond check-config \(directory)/binhchon.yaml
          binhchond serve --config \(directory)/binhchon.yaml
        """)
    }
  }

  private var year: String { String((until ?? Day(of: .now).advanced(by: -1).description).prefix(4)) }

  private static func trimmed(_ path: String) -> String {
    var trimmed = path
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    return trimmed
  }

  /// As a shell takes it.
  private static func quoted(_ path: String) -> String {
    let isPlain = path.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-+:@%,".unicodeScalars.contains($0)
    }
    return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
  }

  private static func absolute(_ path: String) -> String {
    let trimmed = trimmed(path)
    return trimmed.hasPrefix("/") ? trimmed : FileManager.default.currentDirectoryPath + "/" + trimmed
  }

  /// The directory if it is missing, and what is missing above it, for nobody else to read. Safe when it returns.
  private static func makeDirectories(_ path: String) throws(Failure) {
    var missing: [String] = []
    var directory = path
    while !FileManager.default.fileExists(atPath: directory) {
      missing.append(directory)
      directory = parent(of: directory)
    }
    for directory in missing.reversed() {
      guard mkdir(directory, 0o700) == 0 else {
        throw Failure(.cannotCreate, "cannot make \(directory): \(Failure.systemReason)")
      }
      try syncDirectory(parent(of: directory))
    }
  }

  /// Makes names added to a directory survive a power cut.
  private static func syncDirectory(_ path: String) throws(Failure) {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(.cannotCreate, "cannot open \(path): \(Failure.systemReason)")
    }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw Failure(.cannotCreate, "cannot sync \(path): \(Failure.systemReason)")
    }
  }

  private static func parent(of path: String) -> String {
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    return "/" + parent
  }
}
