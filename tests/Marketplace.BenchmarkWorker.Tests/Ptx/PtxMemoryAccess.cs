using System.Globalization;
using System.Text.RegularExpressions;

namespace Marketplace.BenchmarkWorker.Tests.Ptx;

/// <summary>Loads, stores and asynchronous copies.</summary>
internal static partial class PtxMemoryAccess
{
    /// <summary>What a load, store or copy does, or null if the opcode is none.</summary>
    public static Action<PtxThread>? TryBind(PtxKernel kernel, string opcode, string[] operands)
    {
        if (opcode.StartsWith("cp.async.", StringComparison.Ordinal)) return BindCopy(kernel, opcode, operands);
        var match = Opcode().Match(opcode);
        if (!match.Success) return null;
        var (isLoad, space, count) = (match.Groups[1].Value == "ld", match.Groups[2].Value, match.Groups[3].Success ? match.Groups[3].Value[1] - '0' : 1);
        var type = PtxTypes.Parse(match.Groups[4].Value);
        PtxModule.Require(operands.Length == 2, "a register and an address are wanted");
        var (registerText, addressText) = isLoad ? (operands[0], operands[1]) : (operands[1], operands[0]);
        if (space == "param") return BindParameter(kernel, isLoad, type, registerText, addressText);
        PtxModule.Require(count * type.Size() <= 16, "a vector has 16 bytes at most");
        var registers = count == 1 ? [PtxInstruction.Register(kernel, registerText, type)] : PtxInstruction.Vector(kernel, registerText, count, type);
        var address = Address(kernel, addressText, space == "global" ? PtxType.U64 : PtxType.U32);
        var (size, isGlobal) = (type.Size(), space == "global");
        return thread =>
        {
            var at = address(thread);
            if (at % (ulong)(size * count) != 0) throw new PtxMemoryException($"{opcode} at {at:x} is not aligned.");
            for (var i = 0; i < registers.Length; i++, at += (ulong)size)
            {
                if (isLoad) thread.Registers[registers[i]] = isGlobal ? thread.Block.Memory.Read(at, size) : thread.Block.Shared.Read(at, size, thread.Index);
                else if (isGlobal) thread.Block.Memory.Write(at, size, thread.Registers[registers[i]]);
                else thread.Block.Shared.Write(at, size, thread.Registers[registers[i]], thread.Index);
            }
        };
    }

    private static Action<PtxThread> BindParameter(PtxKernel kernel, bool isLoad, PtxType type, string register, string address)
    {
        var parameter = kernel.Parameters.SingleOrDefault(p => address == $"[{p.Name}]");
        PtxModule.Require(isLoad && parameter is not null && parameter.Type == type, $"no parameter '{address}' of type {type}");
        var (slot, index) = (PtxInstruction.Register(kernel, register, type), kernel.Parameters.ToList().IndexOf(parameter!));
        return thread => thread.Registers[slot] = thread.Block.Arguments[index];
    }

    // An asynchronous copy is done as late as the ISA allows: when its group is waited for. Code that reads earlier sees the old bytes.
    private static Action<PtxThread> BindCopy(PtxKernel kernel, string opcode, string[] operands)
    {
        switch (opcode, operands)
        {
            case ("cp.async.cg.shared.global", [var to, var from, "16"]):
                var (target, source) = (Address(kernel, to, PtxType.U32), Address(kernel, from, PtxType.U64));
                return thread =>
                {
                    var copy = (To: target(thread), From: source(thread));
                    if (copy.To % 16 != 0 || copy.From % 16 != 0) throw new PtxMemoryException($"{opcode} is not aligned.");
                    thread.Block.Shared.Claim(copy.To, 16, thread.Index);
                    thread.Copies.Add(copy);
                };
            case ("cp.async.commit_group", []):
                return thread =>
                {
                    thread.Groups.Enqueue([.. thread.Copies]);
                    thread.Copies.Clear();
                };
            case ("cp.async.wait_group", [var pending]):
                var most = int.Parse(pending, CultureInfo.InvariantCulture);
                return thread =>
                {
                    while (thread.Groups.Count > most)
                    {
                        foreach (var (to, from) in thread.Groups.Dequeue())
                        {
                            for (var i = 0UL; i < 16; i += 8) thread.Block.Shared.Write(to + i, 8, thread.Block.Memory.Read(from + i, 8), thread.Index);
                        }
                    }
                };
            default:
                throw new PtxException("unknown opcode, modifier or number of operands");
        }
    }

    /// <summary>An address: a register, plus a constant.</summary>
    internal static Func<PtxThread, ulong> Address(PtxKernel kernel, string text, PtxType type)
    {
        var match = AddressForm().Match(text);
        PtxModule.Require(match.Success, $"'{text}' is no address");
        var slot = PtxInstruction.Register(kernel, match.Groups[1].Value, type);
        var offset = match.Groups[2].Success ? ulong.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : 0;
        return thread => unchecked(thread.Registers[slot] + offset);
    }

    [GeneratedRegex(@"^(ld|st)\.(param|global|shared)(?:\.(v2|v4))?\.(\w+)$")]
    private static partial Regex Opcode();

    [GeneratedRegex(@"^\[(%\w+)(?:\+(\d+))?\]$")]
    private static partial Regex AddressForm();
}
