import Foundation
import Testing

@testable import binhchon

@Suite struct TallyTableTests {
  @Test(arguments: Language.allCases) func anOrdinaryTerminalIsWideEnough(_ language: Language) throws {
    let tally = Samples.tally(total: [121, 216, 319, 113, 150])
    let figures = Figures(language: language)
    let usual = TallyTable.lines(tally, try Samples.poll(), figures, columns: 80)
    #expect(usual.allSatisfy { $0.width <= 80 })
    #expect(usual.contains { text([$0]).hasPrefix("RHL ") })
    // Without a terminal, or on a wide one, every choice has its words.
    let words = language == .vi ? "Rất hài lòng (RHL) " : "Very satisfied (RHL) "
    for columns in [nil, 200] {
      let wide = TallyTable.lines(tally, try Samples.poll(), figures, columns: columns)
      #expect(wide.contains { text([$0]).hasPrefix(words) })
    }
  }

  /// Flagged ballots and those without a dossier are of all that were cast, not of those that one question was put to.
  @Test(arguments: [false, true]) func whatIsOfTheWholeWindowStandsThereOnce(_ needsDossier: Bool) throws {
    var poll = try KioskStates.poll(needsDossier: needsDossier)
    poll.questions.removeLast()
    var tally = Samples.tally(flagged: 3)
    tally.windows[0].boundBallots = 100
    let page = text(TallyTable.lines(tally, poll, Figures(language: .en)), columns: 300)
    #expect(page.contains("What was not good?"))
    #expect(page.components(separatedBy: "flagged, left out").count == 2)
    #expect(page.components(separatedBy: "without a dossier").count == (needsDossier ? 1 : 2))
  }

  @Test func whatHasNoDataIsNotZeroPercent() throws {
    let page = text(
      TallyTable.lines(Samples.tally(), try Samples.poll(), Figures(language: .vi), columns: 80), columns: 200)
    #expect(page.contains("–") && !page.contains(" 0 · 0,00 %"))
  }
}
