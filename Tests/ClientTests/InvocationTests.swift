import Testing

@testable import binhchon

@Suite struct InvocationTests {
  @Test(arguments: [
    (["watch", "--poll", "p"], ["watch", "--poll", "p"]),
    (["--server", "h:1", "--json", "watch", "--poll", "p"], ["watch", "--server", "h:1", "--json", "--poll", "p"]),
    (["--lang=en", "polls"], ["polls", "--lang=en"]),
    (["-q", "polls", "show", "p"], ["polls", "show", "-q", "p"]),
    (["polls", "--json"], ["polls", "--json"]),
    (["polls", "show", "--help"], ["polls", "show", "--help"]),
    (["help", "polls", "--lang", "en"], ["help", "polls"]),
    (["--help"], ["--help"]),
    (["--version"], ["--version"]),
    (["--generate-completion-script", "bash"], ["--generate-completion-script", "bash"]),
    (["--server"], ["--server"]),
    ([], []),
  ])
  func optionsMayStandBeforeTheCommand(_ arguments: [String], _ parsed: [String]) {
    #expect(Invocation(arguments) == .run(parsed))
  }

  @Test(arguments: [["polls", "--help"], ["polls", "-h", "--lang", "en"]])
  func helpOnAGroupNamesItsCommands(_ arguments: [String]) {
    #expect(Invocation(arguments) == .help("polls"))
    #expect(BinhChon.helpMessage(for: Polls.self).contains("publish"))
  }

  @Test(arguments: [
    (["wacth"], "binhchon watch"), (["tally2"], "binhchon tally"), (["polls", "lits"], "binhchon polls list"),
    (["profile", "sav", "demo"], "binhchon profile save"),
  ])
  func aTypoIsToldTheNearestCommand(_ arguments: [String], _ meant: String) throws {
    guard case .unknown(let word, let group, let known) = Invocation(arguments) else {
      Issue.record("\(arguments) is no typo")
      return
    }
    let error = ClientError.unknownCommand(word, group: group, known: known)
    #expect(error.status == .usage)
    #expect(error.next?(.en) == "did you mean `\(meant)`?")
  }

  @Test(arguments: [
    (["polls", "diff", "a.yaml", "b.yaml"], ["--poll", "p"]), (["units", "export"], ["--json"]),
  ])
  func anOptionThatWouldBeIgnoredIsRefused(_ command: [String], _ option: [String]) throws {
    _ = try BinhChon.parseAsRoot(command)
    #expect(throws: (any Error).self) { try BinhChon.parseAsRoot(command + option) }
  }

  @Test func whatIsNearNothingGetsTheList() {
    let error = ClientError.unknownCommand("frobnicate", group: "polls", known: ["list", "show"])
    #expect(error.what(.vi) == "không có lệnh “binhchon polls frobnicate”")
    #expect(error.next?(.en) == "the commands are: list, show")
  }
}
