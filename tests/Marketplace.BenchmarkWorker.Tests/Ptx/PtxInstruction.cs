using System.Globalization;
using System.Text.RegularExpressions;

namespace Marketplace.BenchmarkWorker.Tests.Ptx;

/// <summary>Where an instruction takes part in something that threads do together.</summary>
internal enum PtxMeeting
{
    /// <summary>A thread does it alone.</summary>
    None,

    /// <summary>All 32 threads of a warp do it at once.</summary>
    Warp,

    /// <summary>All threads of the block wait for one another.</summary>
    Block,
}

/// <summary>One instruction, its operands looked up and their types checked.</summary>
internal sealed partial class PtxInstruction
{
    public required string Text { get; init; }

    public required string Opcode { get; init; }

    /// <summary>The registers it names.</summary>
    public IEnumerable<string> Names => RegisterNames().Matches(Text).Select(m => m.Value);

    /// <summary>The register of its guard, if it has one.</summary>
    public int? Guard { get; private init; }

    public bool GuardNegated { get; private init; }

    public PtxMeeting Meeting { get; private set; }

    /// <summary>What one thread does; null for what a warp does together.</summary>
    public Action<PtxThread>? Run { get; private set; }

    /// <summary>What a warp does together.</summary>
    public Action<PtxThread[]>? RunWarp { get; private set; }

    public static PtxInstruction Parse(PtxKernel kernel, string statement)
    {
        try
        {
            var match = Form().Match(statement);
            PtxModule.Require(match.Success, "not an instruction");
            var guard = match.Groups["guard"].Success ? Register(kernel, match.Groups["guard"].Value, PtxType.Pred) : (int?)null;
            var instruction = new PtxInstruction
            {
                Text = statement,
                Opcode = match.Groups["opcode"].Value,
                Guard = guard,
                GuardNegated = match.Groups["not"].Success,
            };
            instruction.Bind(kernel, [.. Operand().Matches(match.Groups["operands"].Value).Select(m => m.Value.Trim()).Where(o => o.Length > 0)]);
            return instruction;
        }
        catch (PtxException fault)
        {
            throw new PtxException($"{kernel.Name}: '{statement}': {fault.Message}");
        }
    }

    private void Bind(PtxKernel kernel, string[] operands)
    {
        if (PtxArithmetic.Table.TryGetValue(Opcode, out var arithmetic)) Run = BindArithmetic(kernel, arithmetic, operands);
        else if (PtxMemoryAccess.TryBind(kernel, Opcode, operands) is { } access) Run = access;
        else if (PtxWarpWork.TryBind(kernel, Opcode, operands) is { } together) (RunWarp, Meeting) = (together, PtxMeeting.Warp);
        else BindControl(kernel, operands);
    }

    private void BindControl(PtxKernel kernel, string[] operands)
    {
        switch (Opcode, operands)
        {
            case ("bra", [var label]):
                PtxModule.Require(kernel.Labels.TryGetValue(label, out var target), $"no label '{label}'");
                Run = thread => thread.Next = target;
                break;
            case ("ret", []):
                Run = thread => thread.HasExited = true;
                break;
            case ("bar.sync", ["0"]):
                PtxModule.Require(Guard is null, "a barrier is never guarded here");
                (Run, Meeting) = (_ => { }, PtxMeeting.Block);
                break;
            default:
                throw new PtxException("unknown opcode, modifier or number of operands");
        }
    }

    private static Action<PtxThread> BindArithmetic(PtxKernel kernel, PtxArithmetic arithmetic, string[] operands)
    {
        if (arithmetic.Result == PtxType.U32 && operands.Length == 2 && (PtxSpecial.IsSpecial(operands[1]) || kernel.Shared.ContainsKey(operands[1])))
            return BindMove(kernel, arithmetic, operands);
        PtxModule.Require(operands.Length == 1 + arithmetic.Operands.Length, $"{1 + arithmetic.Operands.Length} operands are wanted");
        var result = Register(kernel, operands[0], arithmetic.Result);
        var values = arithmetic.Operands.Select((type, i) => Value(kernel, operands[i + 1], type)).ToArray();
        var compute = arithmetic.Compute;
        return values switch
        {
            [var a] => thread => thread.Registers[result] = compute(a.Of(thread), 0, 0),
            [var a, var b] => thread => thread.Registers[result] = compute(a.Of(thread), b.Of(thread), 0),
            [var a, var b, var c] => thread => thread.Registers[result] = compute(a.Of(thread), b.Of(thread), c.Of(thread)),
            _ => throw new PtxException("one to three operands"),
        };
    }

    // mov.u32 also reads the ISA's own registers and the places of shared arrays.
    private static Action<PtxThread> BindMove(PtxKernel kernel, PtxArithmetic arithmetic, string[] operands)
    {
        PtxModule.Require(arithmetic == PtxArithmetic.Table["mov.u32"], $"'{operands[1]}' is read by mov.u32 only");
        var to = Register(kernel, operands[0], PtxType.U32);
        if (kernel.Shared.TryGetValue(operands[1], out var at)) return thread => thread.Registers[to] = (ulong)at;
        var special = PtxSpecial.Bind(operands[1]);
        return thread => thread.Registers[to] = special(thread);
    }

    internal static int Register(PtxKernel kernel, string name, PtxType type)
    {
        PtxModule.Require(kernel.Registers.TryGetValue(name, out var register), $"no register '{name}'");
        PtxModule.Require(register.Type.Agrees(type), $"'{name}' is {register.Type}, {type} is wanted");
        return register.Slot;
    }

    internal static int[] Vector(PtxKernel kernel, string text, int count, PtxType type)
    {
        PtxModule.Require(text is ['{', .., '}'], $"'{text}' is no vector");
        var names = text[1..^1].Split(',').Select(n => n.Trim()).ToArray();
        PtxModule.Require(names.Length == count, $"{count} registers are wanted");
        return [.. names.Select(name => Register(kernel, name, type))];
    }

    internal static PtxValue Value(PtxKernel kernel, string text, PtxType type) =>
        text.StartsWith('%') ? new PtxValue(Register(kernel, text, type), 0) : new PtxValue(null, PtxLiteral.Parse(text, type));

    [GeneratedRegex(@"^(@(?<not>!)?(?<guard>%\w+)\s+)?(?<opcode>[a-z][a-z0-9_.:]*)(\s+(?<operands>\S.*))?$", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex(@"%\w+")]
    private static partial Regex RegisterNames();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|[^,{}\[\]]+")]
    private static partial Regex Operand();
}

/// <summary>A register or a constant.</summary>
internal readonly record struct PtxValue(int? Slot, ulong Constant)
{
    public ulong Of(PtxThread thread) => Slot is { } slot ? thread.Registers[slot] : Constant;
}

/// <summary>Numbers as they stand in PTX.</summary>
internal static class PtxLiteral
{
    public static ulong Parse(string text, PtxType type)
    {
        if (text.StartsWith("0f", StringComparison.Ordinal) || text.StartsWith("0d", StringComparison.Ordinal))
        {
            PtxModule.Require(text.Length == (text[1] == 'f' ? 10 : 18), $"'{text}' has not all digits");
            PtxModule.Require(type == (text[1] == 'f' ? PtxType.F32 : PtxType.F64), $"'{text}' is no {type}");
            return ulong.Parse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        PtxModule.Require(type is not (PtxType.F32 or PtxType.F64 or PtxType.Pred), $"'{text}' is no {type}");
        var isHex = text.StartsWith("0x", StringComparison.Ordinal);
        PtxModule.Require(
            ulong.TryParse(isHex ? text[2..] : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var value),
            $"'{text}' is no register and no number");
        PtxModule.Require(type.Size() == 8 || value <= uint.MaxValue, $"'{text}' does not fit {type}");
        return value;
    }
}

/// <summary>The ISA's read-only registers that our kernels use.</summary>
internal static class PtxSpecial
{
    private static readonly Dictionary<string, Func<PtxThread, int>> Table = new()
    {
        ["%tid.x"] = thread => thread.Index,
        ["%ntid.x"] = thread => thread.Block.Threads,
        ["%ctaid.x"] = thread => thread.Block.X,
        ["%ctaid.y"] = thread => thread.Block.Y,
        ["%nctaid.x"] = thread => thread.Block.GridX,
        ["%nctaid.y"] = thread => thread.Block.GridY,
    };

    private static readonly string[] Names = ["%tid", "%ntid", "%ctaid", "%nctaid", "%laneid", "%warpid", "%nwarpid", "%smid", "%nsmid", "%gridid", "%clock", "%clock64", "%globaltimer"];

    public static bool IsSpecial(string name) => Table.ContainsKey(name) || Names.Contains(name);

    public static Func<PtxThread, ulong> Bind(string name)
    {
        PtxModule.Require(Table.TryGetValue(name, out var read), $"'{name}' is not used here");
        return thread => (uint)read!(thread);
    }
}
