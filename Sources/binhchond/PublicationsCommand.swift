import ArgumentParser
import Ledger
import Polling
import Server

struct Publications: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what is remembered of published figures, or begin anew with a poll's.",
    discussion: """
      Examples:
        binhchond publications /var/lib/binhchon
        # with the server stopped: publish mot-cua as if nothing had been shown of it yet
        binhchond publications /var/lib/binhchon --begin-anew mot-cua

      Of polls with k over 1 publications.json remembers what was shown, so that nothing shown later tells of fewer than k \
      people by subtraction. Where that is not known (the file was lost, a ledger restored without it, another k before) \
      only days to come are published, and no total. --begin-anew publishes everything again: whoever has figures from \
      before may then find a few people by subtracting them. Say it only where nobody has, or nobody may mind.
      """)

  @OptionGroup var place: LedgerPlace

  @Option(help: ArgumentHelp("Publish this poll as if nothing had been shown of it; repeatable.", valueName: "poll"))
  var beginAnew: [String] = []

  func run() async throws {
    let directory = try place.path
    if !beginAnew.isEmpty { try await begin(directory) }
    guard let entries = try PublicationMemory.entries(directory: directory) else {
      return print("Nothing is remembered: of the ledger's polls with k over 1 only days to come will be published.")
    }
    if entries.isEmpty { print("No poll with k over 1 has been served yet: there is nothing to remember.") }
    for entry in entries { print(Self.line(entry)) }
  }

  private static func line(_ entry: PublicationMemory.Entry) -> String {
    var words = [entry.poll]
    if let k = entry.threshold { words.append("k \(k)") }
    if entry.isForgotten {
      words.append("not known what was published: only days to come will be")
    } else {
      words.append(entry.asOf.map { "published on \(Day(of: $0))" } ?? "nothing published yet")
    }
    if let day = entry.firstDay { words.append("from \(day) on") }
    return words.joined(separator: " · ")
  }

  private func begin(_ directory: String) async throws {
    // Open for as long as it takes: nobody serves it meanwhile, who would write the file too.
    let (ledger, state) = try SQLiteLedger.open(directory: directory) { _ in }
    do {
      var polls: [[Poll]] = []
      for name in beginAnew {
        let versions = state.polls.map(\.poll).filter { $0.id.rawValue == name }
        if versions.isEmpty { throw Failure(.noInput, "there is no poll \(name) in \(directory)") }
        polls.append(versions)
      }
      try PublicationMemory.beginAnew(
        polls, directory: directory, epoch: state.epoch, known: Set(state.polls.map(\.poll.id)), now: .now)
    } catch {
      await ledger.close()
      throw error
    }
    await ledger.close()
  }
}
