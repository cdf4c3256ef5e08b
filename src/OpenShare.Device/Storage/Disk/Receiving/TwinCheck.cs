namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// On a file system that folds case or Unicode forms, tells "made by an earlier run" from "a twin of another
/// entry": the name that stands in the directory is the one asked for, or it is not.
/// </summary>
internal sealed class TwinCheck(Folder staging)
{
    // Case differs, and é stands composed in one and decomposed in the other.
    private const string Probe = ".probe-\u00E9";
    private const string CaseTwin = ".PROBE-\u00E9";
    private const string FormTwin = ".probe-e\u0301";

    private readonly Lazy<bool> _folds = new(() => Folds(staging));
    private string? _listed;
    private HashSet<string> _names = [];

    /// <summary>The path was made just now under exactly this name.</summary>
    internal void Made(string path)
    {
        if (_listed == (EntryPath.Parent(path) ?? ""))
            _names.Add(Name(path));
    }

    /// <summary>Something answers to this name already.</summary>
    /// <exception cref="DiskFault">it is a twin</exception>
    internal void Check(string path)
    {
        if (!_folds.Value)
            return;
        var parent = EntryPath.Parent(path) ?? "";
        if (_listed != parent)
        {
            _names = [.. staging.Names(parent)];
            _listed = parent;
        }

        if (!_names.Contains(Name(path)))
            throw new DiskFault(DiskProblem.NameRefused, $"{path}: this file system takes it for the same name as another entry's, which differs only in case or accents");
    }

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static bool Folds(Folder folder)
    {
        using var made = folder.CreateFile(Probe);
        var folds = folder.Stat(CaseTwin) is not null || folder.Stat(FormTwin) is not null;
        // What stood there already is an entry of this name, and stays.
        if (made is not null)
            folder.Remove(Probe);
        return folds;
    }
}
