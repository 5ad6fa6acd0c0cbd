using System.Globalization;
using System.Text.RegularExpressions;

namespace Marketplace.BenchmarkWorker.Tests.Ptx;

/// <summary>One parameter of a kernel.</summary>
internal sealed record PtxParameter(string Name, PtxType Type, int Offset);

/// <summary>One kernel, parsed and checked.</summary>
internal sealed class PtxKernel
{
    public required string Name { get; init; }

    public required IReadOnlyList<PtxParameter> Parameters { get; init; }

    /// <summary>Threads per block at most; 1,024 where the kernel does not say.</summary>
    public required int MaxThreads { get; init; }

    public List<PtxInstruction> Instructions { get; } = [];

    public Dictionary<string, (PtxType Type, int Slot)> Registers { get; } = [];

    public Dictionary<string, int> Shared { get; } = [];

    public Dictionary<string, int> Labels { get; } = [];

    public int SharedBytes { get; set; }
}

/// <summary>
/// Reads the PTX of our kernels and refuses everything that is not plainly right: an unknown directive, opcode, modifier or register,
/// a register declared twice, an operand of another type, a label that is missing, shared memory over the 48 KiB that a block has
/// without asking, a target under what an instruction needs.
/// </summary>
internal sealed partial class PtxModule
{
    public const int MaxSharedBytes = 48 * 1024;

    private PtxModule(Dictionary<string, PtxKernel> kernels) => Kernels = kernels;

    public IReadOnlyDictionary<string, PtxKernel> Kernels { get; }

    public static PtxModule Parse(string text)
    {
        var bare = Comments().Replace(text, " ");
        var head = Header().Match(bare);
        Require(head.Success, "A module begins with .version, .target and .address_size 64.");
        Require(decimal.Parse(head.Groups[1].Value, CultureInfo.InvariantCulture) >= 7.0m, "mma on bf16 and cp.async need PTX 7.0.");
        Require(int.Parse(head.Groups[2].Value, CultureInfo.InvariantCulture) >= 80, "mma on bf16 and cp.async need sm_80.");
        var kernels = new Dictionary<string, PtxKernel>();
        var rest = bare[head.Length..];
        while (Entry().Match(rest) is { Success: true } entry)
        {
            var kernel = ParseKernel(entry);
            Require(kernels.TryAdd(kernel.Name, kernel), $"Kernel '{kernel.Name}' stands twice.");
            rest = rest[entry.Length..];
        }

        Require(rest.Trim().Length == 0, $"Not understood: '{rest.Trim()[..Math.Min(60, rest.Trim().Length)]}'.");
        return new PtxModule(kernels);
    }

    private static PtxKernel ParseKernel(Match entry)
    {
        var kernel = new PtxKernel
        {
            Name = entry.Groups["name"].Value,
            Parameters = ParseParameters(entry.Groups["params"].Value),
            MaxThreads = entry.Groups["threads"].Success ? int.Parse(entry.Groups["threads"].Value, CultureInfo.InvariantCulture) : 1024,
        };
        var statements = new List<string>();
        foreach (var part in Statement().Matches(entry.Groups["body"].Value).Select(m => m.Value.Trim()))
        {
            if (part.EndsWith(':')) Require(kernel.Labels.TryAdd(part[..^1], statements.Count), $"Label '{part}' stands twice.");
            else if (part.StartsWith(".reg ", StringComparison.Ordinal)) DeclareRegisters(kernel, part);
            else if (part.StartsWith(".shared ", StringComparison.Ordinal)) DeclareShared(kernel, part);
            else statements.Add(part[..^1].Trim());
        }

        kernel.Instructions.AddRange(statements.Select(statement => PtxInstruction.Parse(kernel, statement)));
        Require(kernel.Instructions is [.., { Opcode: "ret", Guard: null }], "A kernel ends with an unguarded ret.");
        return kernel;
    }

    private static List<PtxParameter> ParseParameters(string text)
    {
        var parameters = new List<PtxParameter>();
        var offset = 0;
        foreach (var parameter in text.Split(','))
        {
            var match = Parameter().Match(parameter);
            Require(match.Success, $"Not a parameter: '{parameter.Trim()}'.");
            var type = PtxTypes.Parse(match.Groups[1].Value);
            offset = (offset + type.Size() - 1) / type.Size() * type.Size();
            parameters.Add(new PtxParameter(match.Groups[2].Value, type, offset));
            offset += type.Size();
        }

        return parameters;
    }

    private static void DeclareRegisters(PtxKernel kernel, string statement)
    {
        var match = RegisterList().Match(statement);
        Require(match.Success, $"Not a declaration: '{statement}'.");
        var type = PtxTypes.Parse(match.Groups[1].Value);
        foreach (var name in match.Groups[2].Value.Split(',').Select(n => n.Trim()))
        {
            var range = RegisterRange().Match(name);
            Require(range.Success, $"Not a register: '{name}'.");
            var names = range.Groups[2].Success
                ? Enumerable.Range(0, int.Parse(range.Groups[2].Value, CultureInfo.InvariantCulture)).Select(i => range.Groups[1].Value + i)
                : [range.Groups[1].Value];
            foreach (var one in names)
            {
                Require(!PtxSpecial.IsSpecial(one), $"'{one}' is the ISA's own register.");
                Require(kernel.Registers.TryAdd(one, (type, kernel.Registers.Count)), $"Register '{one}' stands twice.");
            }
        }
    }

    private static void DeclareShared(PtxKernel kernel, string statement)
    {
        var match = SharedArray().Match(statement);
        Require(match.Success, $"Not a declaration: '{statement}'.");
        var align = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        var at = (kernel.SharedBytes + align - 1) / align * align;
        Require(kernel.Shared.TryAdd(match.Groups[2].Value, at), $"'{match.Groups[2].Value}' stands twice.");
        kernel.SharedBytes = at + int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
        Require(kernel.SharedBytes <= MaxSharedBytes, "A block has 48 KiB of shared memory.");
    }

    internal static void Require(bool condition, string message)
    {
        if (!condition) throw new PtxException(message);
    }

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"^\s*\.version (\d\.\d)\s+\.target sm_(\d+)\s+\.address_size 64\s")]
    private static partial Regex Header();

    [GeneratedRegex(@"^\s*\.visible \.entry (?<name>\w+)\((?<params>[^)]*)\)\s*(\.maxntid (?<threads>\d+), 1, 1\s+)?(\.minnctapersm \d+\s+)?\{(?<body>(?:[^{}]|\{[^{}]*\})*)\}")]
    private static partial Regex Entry();

    [GeneratedRegex(@"[A-Z_][A-Z_0-9]*:|[^;:]+;")]
    private static partial Regex Statement();

    [GeneratedRegex(@"^\s*\.param \.(\w+) (\w+)\s*$")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^\.reg \.(\w+) ([^;]+);$")]
    private static partial Regex RegisterList();

    [GeneratedRegex(@"^(%[A-Za-z]\w*)(?:<(\d+)>)?$")]
    private static partial Regex RegisterRange();

    [GeneratedRegex(@"^\.shared \.align (\d+) \.b8 (\w+)\[(\d+)\];$")]
    private static partial Regex SharedArray();
}
