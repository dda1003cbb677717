public import Polling

/// Forty units to try reports out with: a district, its thirteen wards and two counters in each. The same as
/// examples/mot-cua/don-vi.yaml.
public enum ExampleUnits {
  static let root = "hai-chau"

  private static let wards = [
    ("hai-chau-1", "Hải Châu I"), ("hai-chau-2", "Hải Châu II"), ("thach-thang", "Thạch Thang"),
    ("thanh-binh", "Thanh Bình"), ("thuan-phuoc", "Thuận Phước"), ("hoa-thuan-dong", "Hòa Thuận Đông"),
    ("hoa-thuan-tay", "Hòa Thuận Tây"), ("nam-duong", "Nam Dương"), ("phuoc-ninh", "Phước Ninh"),
    ("binh-thuan", "Bình Thuận"), ("binh-hien", "Bình Hiên"), ("hoa-cuong-bac", "Hòa Cường Bắc"),
    ("hoa-cuong-nam", "Hòa Cường Nam"),
  ]

  /// The wards' paths.
  static var wardPaths: [String] { wards.map { "\(root)/\($0.0)" } }
  static let counters = ["quay-01", "quay-02"]

  public static func units() throws(InvalidValue) -> [Unit] {
    var units: [Unit] = []
    for unit in try registry().units {
      let parent = unit.placements.first?.parent
      let above = parent.map { $0 == root ? root : "\(root)/\($0)" }
      units.append(Unit(path: try UnitPath(above.map { "\($0)/\(unit.segment)" } ?? root), name: unit.name))
    }
    return units
  }

  /// - Throws: ``InvalidValue`` for a code that is none: never.
  public static func registry() throws(InvalidValue) -> UnitRegistry {
    // As long as anybody remembers: the example is about ratings, not about how units change.
    let start = Day(number: 9_862)  // 1997-01-01
    func unit(_ code: String, _ segment: String?, _ kind: UnitKind, _ vi: String, _ en: String, in parent: String?)
      -> RegisteredUnit
    {
      RegisteredUnit(
        code: code, segment: segment, kind: kind, name: LocalizedText(vi: vi, en: en),
        placements: [RegisteredUnit.Placement(parent: parent, start: start)])
    }
    var units = [unit(root, nil, .district, "Quận Hải Châu", "Hải Châu District", in: nil)]
    for (code, name) in wards {
      units.append(unit(code, nil, .ward, "Phường \(name)", "\(name) Ward", in: root))
      for counter in counters {
        let number = counter.suffix(2)
        units.append(
          unit(
            "\(code)-\(counter)", counter, .counter, "Quầy \(number), phường \(name)",
            "Counter \(number), \(name)", in: code))
      }
    }
    func procedure(_ code: String, _ vi: String, _ en: String, _ field: String) throws(InvalidValue) -> Procedure {
      Procedure(code: try ProcedureCode(code), name: LocalizedText(vi: vi, en: en), field: field)
    }
    return UnitRegistry(
      units: units,
      procedures: [
        try procedure("1.004772", "Đăng ký khai sinh", "Birth registration", "Hộ tịch"),
        try procedure("1.004222", "Đăng ký thường trú", "Registration of residence", "Cư trú"),
        try procedure("2.000815", "Chứng thực bản sao từ bản chính", "Certified copies", "Chứng thực"),
      ])
  }
}
