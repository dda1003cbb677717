internal import Polling
internal import SQLite

/// Tables `spent` and `sealed`, beside what the entries say of votes. What they hold follows from no entry.
struct UrnComparison {
  private(set) var differences = Differences()

  init(_ connection: Connection, _ votes: [String: NomineeVoteBook]) throws(SQLiteError) {
    var spent: [String: Int] = [:]
    var entitled: [String: Set<[UInt8]>] = [:]
    let rows = try connection.prepare("SELECT n.text, s.hash FROM spent s LEFT JOIN name n ON n.id = s.register")
    while try rows.step() {
      let name = rows.text(0) ?? ""
      let persons = entitled[name] ?? votes[name]?.urnHashes ?? []
      entitled[name] = persons
      spent[name, default: 0] += 1
      if !persons.contains(Array(rows.bytes(1))) {
        differences.add("somebody voted in the secret vote \(name) who might not, or the vote is not open")
      }
    }
    var sealed: [String: Int] = [:]
    let ballots = try connection.prepare(
      "SELECT n.text, length(s.ballot) FROM sealed s LEFT JOIN name n ON n.id = s.register")
    while try ballots.step() { sealed[ballots.text(0) ?? "", default: 0] += 1 }
    for name in Set(spent.keys).union(sealed.keys) where spent[name] != sealed[name] {
      differences.add("vote \(name) has \(sealed[name] ?? 0) ballots of \(spent[name] ?? 0) voters")
    }
  }
}
