import Testing

@testable import Paper

/// Cells that are made to cost: whatever a file holds is read in time that grows with its size.
@Suite(.timeLimit(.minutes(5))) struct CostTests {
  static let marks = String(repeating: "\u{323}\u{302}", count: 2_000)

  @Test func runsOfMarks() throws {
    // Everywhere a name may stand, and as the sheet's name, which would be kept.
    let cell = "a" + Self.marks
    let checked = try check(
      CatalogueTests.sheets("\(cell),\(cell),\(cell),\(cell),\(cell),5", "\(cell),Quầy 01,14/7/2025,HL,5,5"))
    #expect(checked.report.acceptedRows == 0)
    #expect(checked.codes.isSuperset(of: [.nameTooLong, .unknownUnit, .notADate, .unknownLevel, .notANumber]))
    // As headings.
    #expect(try check(Array("\(cell),\(cell)\n".utf8)).codes == [.noHeading])
  }

  @Test func cellsFullOfBytesThatMeanNothing() throws {
    let checked = try check(
      CatalogueTests.rows("") + Array(repeating: 0xFF, count: 60_000) + Array(",14/7/2025,HL,5\n".utf8))
    let finding = checked.report.findings[.unreadableLetters]?.first.first
    #expect(finding?.detail.hasSuffix("× 60000") == true)
    #expect(finding?.value.utf8.count == 200)
  }

  @Test func aLineWithoutEndIsNotReadToItsEnd() throws {
    try withFile(Array(repeating: UInt8(ascii: "a"), count: 2 << 20)) { path in
      let file = try PaperFile(path)
      #expect(throws: PaperProblem.self) { while try file.next() != nil {} }
      #expect(file.progress.done <= 1 << 20)
    }
  }
}
