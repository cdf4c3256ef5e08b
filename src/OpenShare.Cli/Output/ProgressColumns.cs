using Spectre.Console;
using Spectre.Console.Rendering;

namespace OpenShare.Cli.Output;

/// <summary>How much of how much, in the units every other line of this command uses.</summary>
internal sealed class BytesColumn : ProgressColumn
{
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.Value > 0 ? $"{Words.Bytes(task.Value)} of {Words.Bytes(task.MaxValue)}" : "");
}

/// <summary>Bytes a second, once there are enough of them to tell.</summary>
internal sealed class RateColumn : ProgressColumn
{
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.Speed is { } speed && task.Value > 0 ? $"{Words.Bytes(speed)}/s" : "");
}

/// <summary>Time left at that rate, unless the end is not known yet.</summary>
internal sealed class TimeLeftColumn : ProgressColumn
{
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task is { IsIndeterminate: false, Value: > 0, RemainingTime: { } left } ? $"{Words.Seconds(Math.Ceiling(left.TotalSeconds))} left" : "");
}
