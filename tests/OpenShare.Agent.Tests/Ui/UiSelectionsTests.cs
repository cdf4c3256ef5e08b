using Microsoft.Extensions.Time.Testing;
using OpenShare.Agent.Ui;

namespace OpenShare.Agent.Tests.Ui;

/// <summary>What is handed over to be sent, and how long it is held.</summary>
public sealed class UiSelectionsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void It_is_found_by_its_id_for_an_hour_and_the_oldest_gives_way()
    {
        var selections = new UiSelections(_time);
        var first = selections.Add(["/a"]);
        var others = Enumerable.Range(0, UiSelections.Most - 1).Select(n => selections.Add([$"/{n}"])).ToList();

        Assert.Equal(["/a"], selections.Find(first));
        Assert.Null(selections.Find(first.ToUpperInvariant()));
        var last = selections.Add(["/z"]);
        Assert.Null(selections.Find(first));
        Assert.Equal(["/0"], selections.Find(others[0]));
        _time.Advance(UiSelections.Lifetime);
        Assert.Null(selections.Find(last));
    }
}
