using System.Collections.Concurrent;

namespace OpenShare.Benchmarks.Pump;

/// <summary>A line of threads, each with one thing to do with every block; a block goes round and round.</summary>
internal static class Line
{
    private const int Blocks = 16;

    /// <param name="stages">the first fills a block, the others use it; after the one that is the end each stops</param>
    internal static void Run(params Action<Block>[] stages)
    {
        var queues = stages.Select(_ => new BlockingCollection<Block>(Blocks)).ToArray();
        for (var i = 0; i < Blocks; i++)
            queues[0].Add(new Block());
        var threads = stages.Select((stage, i) => new Thread(() =>
        {
            foreach (var block in queues[i].GetConsumingEnumerable())
            {
                stage(block);
                var isLast = block.Length == 0;
                queues[(i + 1) % queues.Length].Add(block);
                if (isLast)
                    return;
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
    }
}
