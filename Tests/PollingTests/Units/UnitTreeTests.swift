import Testing

@testable import Polling

/// The end of the district tier on 2025-07-01, in small.
enum UnitSample {
  static func day(_ text: String) throws -> Day { try #require(Day(iso: text)) }

  static func unit(
    _ code: String, as segment: String? = nil, kind: UnitKind = .ward, _ placements: [(String?, String, String?)],
    _ successions: [RegisteredUnit.Succession] = []
  ) throws -> RegisteredUnit {
    RegisteredUnit(
      code: code, segment: segment, kind: kind, name: LocalizedText(vi: code, en: code),
      placements: try placements.map { parent, start, end in
        RegisteredUnit.Placement(parent: parent, start: try day(start), end: try end.map { try day($0) })
      }, successions: successions)
  }

  static func successor(_ code: String, _ kind: RegisteredUnit.Succession.Kind) -> RegisteredUnit.Succession {
    RegisteredUnit.Succession(successor: code, kind: kind)
  }

  static func registry() throws -> UnitRegistry {
    UnitRegistry(
      units: [
        try unit("da-nang", kind: .province, [(nil, "1997-01-01", nil)]),
        // A district's own unit before 1997 is another story: it stands at the top, as ballots of then name it.
        try unit(
          "quan-hai-chau", as: "hai-chau", kind: .district, [(nil, "1997-01-01", "2025-07-01")],
          [successor("phuong-hai-chau", .merged)]),
        try unit("phuong-hai-chau", as: "hai-chau", [("da-nang", "2025-07-01", nil)]),
        // It moves with its counters.
        try unit(
          "mot-cua", kind: .oneStopShop,
          [("quan-hai-chau", "2018-01-01", "2025-07-01"), ("phuong-hai-chau", "2025-07-01", nil)]),
        try unit("quay-01", kind: .counter, [("mot-cua", "2018-01-01", nil)]),
        // Ends with nothing said of it: its district's successor goes on.
        try unit("phong-thue", kind: .office, [("quan-hai-chau", "2010-01-01", "2025-07-01")]),
        try unit(
          "thach-thang", [("quan-hai-chau", "1997-01-01", "2025-07-01")], [successor("phuong-hai-chau", .merged)]),
        try unit(
          "hoa-cuong", [("quan-hai-chau", "1997-01-01", "2025-07-01")],
          [successor("hoa-cuong-bac", .split), successor("hoa-cuong-nam", .split)]),
        try unit("hoa-cuong-bac", [("da-nang", "2025-07-01", nil)]),
        try unit(
          "hoa-cuong-nam", [("da-nang", "2025-07-01", "2026-01-01")], [successor("hoa-cuong-moi", .renamed)]),
        try unit("hoa-cuong-moi", [("da-nang", "2026-01-01", nil)]),
      ],
      procedures: [
        Procedure(code: try ProcedureCode("1.004772"), name: LocalizedText(vi: "Khai sinh", en: ""), field: "Hộ tịch")
      ])
  }
}

struct UnitTreeTests {
  @Test func theSampleHasNoFaults() throws {
    #expect(try UnitSample.registry().faults() == [])
  }

  @Test func aUnitHasThePathOfItsDay() throws {
    let tree = UnitTree(try UnitSample.registry())
    let (before, after) = (try UnitSample.day("2025-06-30"), try UnitSample.day("2025-07-01"))
    #expect(tree.path(of: "quay-01", on: before)?.rawValue == "hai-chau/mot-cua/quay-01")
    #expect(tree.path(of: "quay-01", on: after)?.rawValue == "da-nang/hai-chau/mot-cua/quay-01")
    #expect(tree.path(of: "quay-01", on: try UnitSample.day("2017-12-31")) == nil)
    #expect(tree.path(of: "quan-hai-chau", on: after) == nil)
    #expect(tree.path(of: "nobody", on: after) == nil)
    #expect(tree.unit(at: try UnitPath("hai-chau"), on: before) == "quan-hai-chau")
    #expect(tree.unit(at: try UnitPath("hai-chau"), on: after) == nil)
    #expect(tree.unit(at: try UnitPath("da-nang/hai-chau"), on: after) == "phuong-hai-chau")
    #expect(
      tree.subtree(of: try UnitPath("hai-chau"), on: before).map(\.path.rawValue) == [
        "hai-chau", "hai-chau/hoa-cuong", "hai-chau/mot-cua", "hai-chau/mot-cua/quay-01", "hai-chau/phong-thue",
        "hai-chau/thach-thang",
      ])
    #expect(tree.subtree(on: try UnitSample.day("1990-01-01")).isEmpty)
  }

  @Test(arguments: [
    ("quay-01", "2025-07-01", ["quay-01"]), ("thach-thang", "2025-06-30", ["thach-thang"]),
    ("thach-thang", "2025-07-01", ["phuong-hai-chau"]), ("phong-thue", "2025-07-01", ["phuong-hai-chau"]),
    ("hoa-cuong", "2025-07-01", ["hoa-cuong-bac", "hoa-cuong-nam"]),
    ("hoa-cuong", "2026-01-01", ["hoa-cuong-bac", "hoa-cuong-moi"]), ("hoa-cuong-nam", "2030-01-01", ["hoa-cuong-moi"]),
    ("nobody", "2025-07-01", []),
  ])
  func successors(_ code: String, _ day: String, _ successors: [String]) throws {
    let tree = UnitTree(try UnitSample.registry())
    #expect(tree.successors(of: code, asOf: try UnitSample.day(day)) == successors)
  }

  @Test(arguments: [
    // path, voted, counted under
    ("hai-chau/mot-cua/quay-01", "2024-03-31", "da-nang/hai-chau/mot-cua/quay-01"),
    ("da-nang/hai-chau/mot-cua/quay-01", "2025-08-01", "da-nang/hai-chau/mot-cua/quay-01"),
    // Not registered itself: it moves with what it is a part of, and ends with it.
    ("hai-chau/mot-cua/quay-02", "2024-03-31", "da-nang/hai-chau/mot-cua/quay-02"),
    ("hai-chau/thach-thang/ban-1", "2024-03-31", "da-nang/hai-chau"),
    ("hai-chau/phong-thue", "2024-03-31", "da-nang/hai-chau"), ("hai-chau", "2024-03-31", "da-nang/hai-chau"),
    // A press that came after the end.
    ("hai-chau/thach-thang", "2025-07-03", "da-nang/hai-chau"),
    // Nobody knows which of the two.
    ("hai-chau/hoa-cuong", "2024-03-31", "hai-chau/hoa-cuong"),
    ("da-nang/hoa-cuong-nam", "2025-08-01", "da-nang/hoa-cuong-moi"), ("son-tra/x", "2024-03-31", "son-tra/x"),
  ])
  func rollsUp(_ path: String, _ voted: String, _ counted: String) throws {
    let rollUp = UnitRollUp(UnitTree(try UnitSample.registry()), to: try UnitSample.day("2026-06-01"))
    #expect(rollUp.unit(for: try UnitPath(path), on: try UnitSample.day(voted)).rawValue == counted)
  }

  /// Votes of later days are counted where they were voted, though the unit stood elsewhere on the day asked for.
  @Test func nothingRollsBack() throws {
    let rollUp = UnitRollUp(UnitTree(try UnitSample.registry()), to: try UnitSample.day("2025-06-30"))
    let path = try UnitPath("da-nang/hai-chau/mot-cua/quay-01")
    #expect(rollUp.unit(for: path, on: try UnitSample.day("2026-03-01")) == path)
  }

  /// A unit that stood in C, then in A, and stands in B: A may see what was voted while it stood there, B all.
  @Test func whatAUnitWasInBetweenGivesNoRight() throws {
    let tree = UnitTree(
      UnitRegistry(
        units: try ["a", "b", "c"].map { try UnitSample.unit($0, [(nil, "2000-01-01", nil)]) } + [
          try UnitSample.unit(
            "u", [("c", "2000-01-01", "2010-01-01"), ("a", "2010-01-01", "2020-01-01"), ("b", "2020-01-01", nil)])
        ]))
    #expect(tree.registry.faults() == [])
    func shown(_ path: String, _ voted: String, to day: String, _ scope: String) throws -> String? {
      let reader = UnitRollUp.Reader(scope: try UnitPath(scope), today: try UnitSample.day("2025-01-01"))
      let rollUp = UnitRollUp(tree, to: try UnitSample.day(day), for: reader)
      return rollUp.shownUnit(for: try UnitPath(path), on: try UnitSample.day(voted))?.rawValue
    }
    #expect(try shown("c/u", "2005-01-01", to: "2015-01-01", "a") == nil)
    #expect(try shown("a/u", "2015-01-01", to: "2015-01-01", "a") == "a/u")
    #expect(try shown("c/u", "2005-01-01", to: "2015-01-01", "b") == "a/u")
    #expect(try shown("c/u", "2005-01-01", to: "2025-01-01", "b") == "b/u")
    #expect(try shown("b/u", "2021-01-01", to: "2015-01-01", "a") == nil)
    #expect(try shown("c/u", "2005-01-01", to: "2015-01-01", "c") == "a/u")
  }

  /// As long as a registry may be.
  @Test func aLongChainOfSuccessorsIsFollowed() throws {
    let day = try UnitSample.day("2000-01-01")
    let count = 50_000
    let units = (0..<count).map { number in
      RegisteredUnit(
        code: "u\(number)", kind: .ward, name: LocalizedText(vi: "x", en: ""),
        placements: [.init(parent: nil, start: day, end: number == count - 1 ? nil : day.advanced(by: 1))],
        successions: number == count - 1 ? [] : [UnitSample.successor("u\(number + 1)", .renamed)])
    }
    let tree = UnitTree(UnitRegistry(units: units))
    #expect(tree.successors(of: "u0", asOf: day.advanced(by: 1)) == ["u\(count - 1)"])
  }

  /// History stays, and also rolls up; what rolls up is as much as there was.
  @Test func figuresRollUpToSuccessors() throws {
    let poll = try Sample.poll()
    var cells = SliceCells()
    let votes: [(String, String, Int64)] = [
      ("hai-chau/mot-cua/quay-01", "2025-06-30", 7), ("da-nang/hai-chau/mot-cua/quay-01", "2025-07-01", 5),
      ("hai-chau/thach-thang", "2025-01-01", 3), ("hai-chau/hoa-cuong", "2025-01-01", 2),
    ]
    for (unit, day, count) in votes {
      let key = FigureKey(
        day: try UnitSample.day(day), unit: try UnitPath(unit), procedure: nil, source: "", channel: .kiosk, flags: [])
      cells.add(count, of: key, [Answer(question: "muc-do", choices: ["HL"])], in: poll)
    }
    let rollUp = UnitRollUp(UnitTree(try UnitSample.registry()), to: try UnitSample.day("2025-07-01"))
    func rows(_ unit: String, _ rollUp: UnitRollUp?) throws -> [String] {
      cells.figures(SliceQuery(unit: try UnitPath(unit), dimensions: [.counter]), of: poll, rollUp: rollUp).rows.map {
        "\($0.labels[0]) \($0.ballots)\($0.hasUnitsThatEnded ? "†" : "")"
      }
    }
    #expect(
      try rows("hai-chau", nil) == ["hai-chau/hoa-cuong 2", "hai-chau/mot-cua/quay-01 7", "hai-chau/thach-thang 3"])
    #expect(try rows("da-nang", nil) == ["da-nang/hai-chau/mot-cua/quay-01 5"])
    #expect(try rows("da-nang", rollUp) == ["da-nang/hai-chau 3", "da-nang/hai-chau/mot-cua/quay-01 12"])
    // Split in two: nobody knows whose votes these are now, and they are counted once.
    #expect(try rows("hai-chau", rollUp) == ["hai-chau/hoa-cuong 2†"])
  }
}

struct TrespassTests {
  private static func registry() throws -> UnitRegistry {
    UnitRegistry(units: [
      try UnitSample.unit("a", [(nil, "2000-01-01", nil)]), try UnitSample.unit("b", [(nil, "2000-01-01", nil)]),
      try UnitSample.unit("u", [("a", "2000-01-01", nil)]), try UnitSample.unit("v", [("b", "2000-01-01", nil)]),
    ])
  }

  struct Attempt: Sendable, CustomStringConvertible {
    var description: String
    /// What is not the publisher's.
    var code: String?
    var change: @Sendable (inout UnitRegistry) throws -> Void

    init(_ description: String, _ code: String?, change: @escaping @Sendable (inout UnitRegistry) throws -> Void) {
      (self.description, self.code, self.change) = (description, code, change)
    }
  }

  private static func place(
    _ registry: inout UnitRegistry, _ index: Int, _ placements: [(String?, String, String?)]
  ) throws {
    registry.units[index].placements = try UnitSample.unit("x", placements).placements
  }

  /// What the administrator of b publishes.
  @Test(arguments: [
    Attempt("nothing new", nil) { _ in },
    Attempt("takes a unit", "u") { try place(&$0, 2, [("a", "2000-01-01", "2020-01-01"), ("b", "2020-01-01", nil)]) },
    Attempt("renames another's", "u") { $0.units[2].name.vi = "y" },
    Attempt("leaves another's out", "u") { $0.units.remove(at: 2) },
    Attempt("makes another's end in its own", "u") {
      try place(&$0, 2, [("a", "2000-01-01", "2020-01-01")])
      $0.units[2].successions = [UnitSample.successor("v", .merged)]
    },
    Attempt("moves the unit above another's", "a") {
      try place(&$0, 0, [(nil, "2000-01-01", "2020-01-01"), ("b", "2020-01-01", nil)])
    },
    Attempt("adds below its own", nil) { $0.units.append(try UnitSample.unit("w", [("v", "2010-01-01", nil)])) },
    Attempt("adds below another's", "w") { $0.units.append(try UnitSample.unit("w", [("a", "2010-01-01", nil)])) },
    Attempt("adds a root", "w") { $0.units.append(try UnitSample.unit("w", [(nil, "2010-01-01", nil)])) },
    Attempt("gives a unit away", nil) {
      try place(&$0, 3, [("b", "2000-01-01", "2020-01-01"), ("a", "2020-01-01", nil)])
    },
    Attempt("was there before, and takes what was voted", "v") {
      try place(&$0, 3, [("a", "2000-01-01", "2020-01-01"), ("b", "2020-01-01", nil)])
    },
    Attempt("was a root of that name", "v") {
      try place(&$0, 3, [(nil, "2000-01-01", "2020-01-01"), ("b", "2020-01-01", nil)])
    },
    Attempt("gives away and takes back", "v") {
      try place(
        &$0, 3, [("b", "2000-01-01", "2010-01-01"), ("a", "2010-01-01", "2020-01-01"), ("b", "2020-01-01", nil)])
    },
    Attempt("gives away what is to end in its own", "v") {
      try place(&$0, 3, [("b", "2000-01-01", "2010-01-01"), ("a", "2010-01-01", "2020-01-01")])
      $0.units[3].successions = [UnitSample.successor("b", .merged)]
    },
    Attempt("splits its own", nil) {
      $0.units.append(try UnitSample.unit("w", [("b", "2020-01-01", nil)]))
      try place(&$0, 3, [("b", "2000-01-01", "2020-01-01")])
      $0.units[3].successions = [UnitSample.successor("w", .merged)]
    },
    Attempt("publishes a procedure", nil) {
      $0.procedures.append(
        Procedure(code: try ProcedureCode("1.1"), name: LocalizedText(vi: "x", en: ""), field: ""))
    },
  ])
  func onlyOnesOwn(_ attempt: Attempt) throws {
    var registry = try Self.registry()
    try attempt.change(&registry)
    let tree = UnitTree(try Self.registry())
    #expect(tree.trespass(by: try UnitPath("b"), publishing: registry) == attempt.code)
  }
}

struct RegistryProblemTests {
  /// Placements that overlap are a fault; all paths that they make would be 20 to the power of 7.
  @Test(.timeLimit(.minutes(1))) func overlappingPlacementsAreToldAtOnce() throws {
    let start = try UnitSample.day("2000-01-01")
    let units = (0..<8).map { level in
      RegisteredUnit(
        code: "u\(level)", kind: .ward, name: LocalizedText(vi: "x", en: ""),
        placements: (0..<20).map { _ in .init(parent: level == 0 ? nil : "u\(level - 1)", start: start) })
    }
    let faults = UnitRegistry(units: units).faults()
    #expect(faults.contains { $0.code == .overlap && $0.subject == "u7" })
  }

  struct Breach: Sendable, CustomStringConvertible {
    var description: String { faults.joined(separator: ", ") }
    var faults: [String]
    var change: @Sendable (inout UnitRegistry) throws -> Void

    init(_ faults: String..., change: @escaping @Sendable (inout UnitRegistry) throws -> Void) {
      self.faults = faults
      self.change = change
    }
  }

  static let breaches: [Breach] = [
    Breach { _ in },
    Breach("BAD_CODE units[0] ") { $0.units[0].code = "Đà Nẵng" },
    Breach("CODE_TWICE units[11] da-nang") {
      let again = $0.units[0]
      $0.units.append(again)
    },
    Breach("BAD_SEGMENT units[10] hoa-cuong-moi") { $0.units[10].segment = "a/b" },
    Breach("NAME_MISSING units[10] hoa-cuong-moi") { $0.units[10].name.vi = "" },
    Breach("NO_PLACEMENT units[4] quay-01") { $0.units[4].placements = [] },
    Breach("EMPTY_PLACEMENT units[5].placements[0] phong-thue") {
      $0.units[5].placements[0].end = $0.units[5].placements[0].start
    },
    Breach(
      "OVERLAP units[3].placements[1] mot-cua 2025-06-30",
      "OUTLIVES_PARENT units[3].placements[1] mot-cua phuong-hai-chau"
    ) {
      $0.units[3].placements[1].start = try UnitSample.day("2025-06-30")
    },
    Breach("GAP units[3].placements[1] mot-cua 2025-07-01") {
      $0.units[3].placements[1].start = try UnitSample.day("2025-07-02")
    },
    Breach("UNKNOWN_PARENT units[4].placements[0] quay-01 nobody") { $0.units[4].placements[0].parent = "nobody" },
    Breach("OUTLIVES_PARENT units[5].placements[0] phong-thue quan-hai-chau") { $0.units[5].placements[0].end = nil },
    Breach("OUTLIVES_PARENT units[4].placements[0] quay-01 mot-cua") {
      $0.units[4].placements[0].start = try UnitSample.day("2017-12-31")
    },
    Breach("CYCLE units[0] da-nang", "CYCLE units[1] hoa-cuong-bac") {
      $0.units[0].placements = [.init(parent: "hoa-cuong-bac", start: $0.units[0].placements[0].start)]
      $0.units = [$0.units[0], $0.units[8]]
      $0.units[1].placements[0].start = $0.units[0].placements[0].start
    },
    Breach("PATH_TWICE units[2] phuong-hai-chau hoa-cuong-bac") { $0.units[8].segment = "hai-chau" },
    Breach("UNKNOWN_SUCCESSOR units[9].successions[0] hoa-cuong-nam x") { $0.units[9].successions[0].successor = "x" },
    Breach("UNKNOWN_SUCCESSOR units[9].successions[0] hoa-cuong-nam hoa-cuong-nam") {
      $0.units[9].successions[0].successor = "hoa-cuong-nam"
    },
    Breach("SUCCESSOR_OF_LIVING units[8].successions[0] hoa-cuong-bac da-nang") {
      $0.units[8].successions = [UnitSample.successor("da-nang", .merged)]
    },
    Breach("SUCCESSOR_ABSENT units[6].successions[0] thach-thang hoa-cuong-moi") {
      $0.units[6].successions = [UnitSample.successor("hoa-cuong-moi", .merged)]
    },
    Breach("SUCCESSOR_NUMBER units[7].successions hoa-cuong") { $0.units[7].successions.removeLast() },
    Breach("SUCCESSOR_NUMBER units[7].successions hoa-cuong") { $0.units[7].successions[0].kind = .merged },
    Breach("CODE_TWICE procedures[1] 1.004772") {
      let again = $0.procedures[0]
      $0.procedures.append(again)
    },
    Breach("NAME_MISSING procedures[0] 1.004772") { $0.procedures[0].name.vi = "" },
    Breach("TOO_DEEP units[15] d5") { registry in
      var parent = "quay-01"
      for level in 1...5 {
        registry.units.append(try UnitSample.unit("d\(level)", [(parent, "2018-01-01", nil)]))
        parent = "d\(level)"
      }
    },
    Breach("TOO_MANY units[0].placements da-nang") { registry in
      let placement = registry.units[0].placements[0]
      registry.units = [registry.units[0]]
      registry.units[0].placements = (0..<21).map {
        .init(
          parent: nil, start: placement.start.advanced(by: $0),
          end: $0 == 20 ? nil : placement.start.advanced(by: $0 + 1))
      }
    },
  ]

  @Test(arguments: breaches) func isTold(_ breach: Breach) throws {
    var registry = try UnitSample.registry()
    try breach.change(&registry)
    let told = registry.faults().map { fault in
      "\(fault.code.rawValue) \(fault.field) \(fault.subject)\(fault.other.isEmpty ? "" : " \(fault.other)")"
    }
    // What follows from a fault may be one too; all that are meant are told in one pass.
    for fault in breach.faults { #expect(told.contains(fault), "\(told)") }
    if breach.faults.isEmpty { #expect(told == []) }
    // Whatever is wrong with it, it can be asked.
    let tree = UnitTree(registry)
    for day in ["1990-01-01", "2025-06-30", "2025-07-01", "2026-01-01"] {
      let day = try UnitSample.day(day)
      for unit in registry.units { _ = tree.successors(of: unit.code, asOf: day) }
      _ = tree.subtree(on: day)
    }
  }

  /// The code is for ever: each one is told of something.
  @Test func everyCodeIsTold() throws {
    var told: Set<RegistryFault.Code> = []
    for breach in Self.breaches {
      var registry = try UnitSample.registry()
      try breach.change(&registry)
      told.formUnion(registry.faults().map(\.code))
    }
    #expect(told == Set(RegistryFault.Code.allCases))
  }
}
