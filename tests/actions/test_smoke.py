from cryotui.actions.registry import actions
async def test_smoke(place):
    print([a.name for a in actions()])
    desk = await place.desk()
    row = await place.table()
    for o in desk.offered(row): print(o.action.name, o.reason)
    for name in ("vacuum","vacuum-analyze","vacuum-freeze","analyze","reindex-concurrently","vacuum-full"):
        if name=="vacuum-full":
            from cryotui.model.action import Level
            desk.raise_level(Level.DANGER)
        p = await desk.preview(name, [row])
        print("==", p.title, p.refused, p.word, p.button)
        for f in p.facts: print("   ", f.label, "|", f.text, "|", f.mark)
        r = desk.start(p, p.word)
        o = await r.wait()
        print(o.verdict, o.sentence, o.sqlstate, len(o.notices), o.details, r.state)
    busy = await place.busy()
    srow = await place.session(busy)
    for name in ("cancel-query","terminate-session"):
        p = await desk.preview(name, [srow])
        print("==", p.title, p.refused, p.word, p.button)
        for f in p.facts: print("   ", f.label, "|", f.text, "|", f.mark)
        o = await desk.start(p, p.word).wait()
        print(o.verdict, o.sentence, o.sql)
    for r in desk.log.rows(): print(r)
    print(desk.log.verify(), place.opened, place.most_open)
