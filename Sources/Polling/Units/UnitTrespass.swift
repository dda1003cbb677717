extension UnitTree {
  /// The code of a unit that a registry to be published after this one changes, though it is not the publisher's to
  /// change; nil: there is none. Whoever could place another's unit under their own would see what is voted on it.
  ///
  /// A unit is theirs that stands under their root, as this registry says. It may be given away: be placed elsewhere, from a
  /// day on and for good. Anywhere else nothing new may stand, for it would take over what was voted there.
  ///
  /// - Parameter root: of the publisher.
  public func trespass(by root: UnitPath, publishing registry: UnitRegistry) -> String? {
    let new = UnitTree(registry)
    for code in self.registry.units.map(\.code) where new[code] == nil && !isLast(of: code, under: root) { return code }
    for unit in registry.units {
      let (stays, before) = (new.stays(of: unit.code), stays(of: unit.code))
      if self[unit.code] == unit, stays == before { continue }
      if self[unit.code] != nil, !isLast(of: unit.code, under: root) { return unit.code }
      let isAllowed = stays.enumerated().allSatisfy { place, stay in
        root.contains(stay.path) || before.contains(stay)
          || place == stays.count - 1 && stay.end == nil && !before.isEmpty
      }
      if !isAllowed { return unit.code }
    }
    return nil
  }

  private func isLast(of code: String, under root: UnitPath) -> Bool {
    stays(of: code).last.map { root.contains($0.path) } ?? false
  }
}
