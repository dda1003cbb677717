import Foundation
import Testing

/// docs/paper.md, typed as it stands there: a reader sees the same. `BINHCHON_RECORD_PAGES=1` writes it anew.
@Suite struct PaperBookTests {
  private static let path = "\(DemoSite.root)/docs/paper.md"

  /// Times of day are those of whoever wrote it down.
  private static func timeless(_ step: ConsoleBook.Step) -> ConsoleBook.Step {
    var step = step
    for index in step.shown.indices {
      step.shown[index] = step.shown[index].replacing(
        #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00|\d\d/\d\d/\d{4} \d\d:\d\d:\d\d/#, with: "…")
    }
    return step
  }

  @Test(.timeLimit(.minutes(2)))
  func theSessionIsAsPrinted() async throws {
    let printed = ConsoleBook(try String(contentsOfFile: Self.path, encoding: .utf8))
    let site = try await DemoSite()
    let seen = try await printed.replayed { person, command in try await site.shell(command, as: person) }
    if ProcessInfo.processInfo.environment["BINHCHON_RECORD_PAGES"] == "1" {
      try seen.text.write(toFile: Self.path, atomically: true, encoding: .utf8)
    } else {
      #expect(printed.steps.count > 10)
      for (old, new) in zip(printed.steps, seen.steps) { #expect(Self.timeless(new) == Self.timeless(old)) }
    }
    let recounts = try await site.recounts()
    #expect(recounts.ours == recounts.python)
    #expect(await site.server.stop() == 0)
  }
}
