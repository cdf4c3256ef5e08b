using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Wire;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>Names that an honest program never sends, signed by a genuine device of the account.</summary>
[Collection(Processes.Name)]
public sealed class HostileNamesTests(Prey prey) : IClassFixture<Prey>
{
    public static TheoryData<string, string> Names => new()
    {
        { "/tmp/openshare-e2e-absolute", "root of the file system" },
        { "../openshare-e2e-parent", "'..'" },
        { "tree/../../openshare-e2e-parent", "'..'" },
        { "..", "'..'" },
        { ".", "'.'" },
        { "tree//twice", "empty part" },
        { "nul\0.txt", "NUL" },
        { new string('n', 300), "longer than" },
        { "", "no name" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_hostile_name_is_refused_and_nothing_is_written(string name, string words) =>
        await RefusedAsync(words, HostileSender.Folder("tree"), HostileSender.File(name));

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("../../outside")]
    [InlineData("inner/../../outside")]
    public async Task A_link_out_of_the_tree_is_refused_and_nothing_is_written(string target) =>
        await RefusedAsync("points out of the folder", HostileSender.Folder("tree"), HostileSender.Link("tree/link", target));

    [Fact]
    public async Task A_file_in_what_is_sent_as_a_link_is_refused_and_nothing_is_written() => await RefusedAsync(
        "link", HostileSender.Folder("tree"), HostileSender.Folder("tree/inner"), HostileSender.Link("tree/link", "inner"), HostileSender.File("tree/link/through"));

    [Fact]
    public async Task The_same_device_with_honest_names_is_accepted()
    {
        using var sender = await HostilePeer.Take(prey.Bad).SendToAsync(prey.Honest);

        var answer = await sender.OfferAsync(HostileSender.Folder("honest"), HostileSender.File("honest/file"), HostileSender.Link("honest/link", "file"));

        Assert.Equal(Answer.Accepted, answer?.Answer);
        Assert.NotNull(await sender.NextAsync(Control.KindOneofCase.Receipt));
        Assert.Equal("file", new FileInfo(prey.Honest.Received("honest/link")).LinkTarget);
    }

    private async Task RefusedAsync(string words, params ManifestEntry[] entries)
    {
        await Transfers.AssertNothingStagedAsync(prey.Honest);
        var before = prey.Files();
        var newest = (await prey.Honest.NewestTransferAsync())?.Text("transfer_id");
        using var sender = await HostilePeer.Take(prey.Bad).SendToAsync(prey.Honest);

        var answer = await sender.OfferAsync(entries);

        Assert.Equal(Answer.Failed, answer?.Answer);
        Assert.Contains(words, answer!.Detail, StringComparison.Ordinal);
        await Transfers.AssertNothingStagedAsync(prey.Honest);
        Assert.Equal(before, prey.Files());
        // Nor is it remembered: what does not verify is no transfer.
        Assert.Equal(newest, (await prey.Honest.NewestTransferAsync())?.Text("transfer_id"));
        Assert.Empty(Directory.GetFileSystemEntries("/tmp", "openshare-e2e-absolute"));
    }
}
