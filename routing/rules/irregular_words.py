"""Irregular words, whose inflected forms no suffix rule covers, by the stem that they share."""

from collections.abc import Mapping
from types import MappingProxyType

_FAMILIES: Mapping[str, str] = {
    # Verbs.
    "faz": "faco faz fazem fazemos fazer faze fazendo fazia faziam fiz fez fizemos fizeram feito "
    "feita feitos feitas faca facam facamos fara farao faria fariam fizer fizerem fizesse facas",
    "pode": "posso pode podem podemos poder podia podiam pude pudemos puderam poderia poderiam "
    "possa possam poderei podera poderao puder podendo puderem pudesse poderiamos pudessem",
    "quer": "quero quer querem queremos querer queria queriam quis quiseram queira queiram quiser "
    "quisesse querendo queriamos quiserem",
    "ter": "tenho tem temos ter tinha tinham teve tive tiveram tivemos tera terao teria teriam "
    "tenha tenham tendo tido tiver tivesse tiverem tinhamos",
    "ver": "vejo ve veem ver via viam vi viu vimos viram veja vejam visto vista vendo veremos",
    "vir": "venho vem vir vinha vinham veio vieram venha venham vindo vier viesse viria virao",
    "dar": "dou dao dar dava davam deu dei deram demos dara daria deem dado dada dando daremos",
    "sab": "sei sabe sabem sabemos saber sabia soube souberam saiba saibam sabendo soubesse",
    "diz": "digo diz dizem dizer dizia disse disseram dito diga digam dizendo dira diria disser",
    "traz": "trago traz trazem trazer trouxe trouxeram traga tragam trazendo",
    "por": "ponho poe poem punha pus puseram posto posta ponha ponham pondo puser",
    "sai": "saio sai saem sair saia saiu sairam saido saindo saiam saira saido saida saidas",
    "cai": "caio cai caem cair caia caiu cairam caido caindo caida",
    "conseg": "consigo consegue conseguem conseguimos conseguir consegui conseguiu conseguia "
    "conseguiram consiga consigam conseguindo consegi consiguo concegui conseguir conseguisse "
    "conseguirmos conseguirem conseguira conseguiria conseguido consegir",
    "ped": "peco pede pedem pedimos pedir pedi pediu pediram peca pecam pedindo pedido pedida",
    "perd": "perco perde perdem perder perdi perdeu perderam perca percam perdendo perdido perdida",
    "receb": "recebo recebe recebem receber recebi recebeu receberam receba recebido recebimento",
    "emit": "emito emite emitem emitir emiti emitiu emitiram emita emitam emitindo emitido emitida "
    "emissao emissoes emissor emissora emitidas emitidos emitisse emiter imitir imiti",
    "reemit": "reemitir reemiti reemitiu reemita reemitam reemissao reemissoes reemitindo",
    "deduz": "deduzo deduz deduzem deduzir deduzi deduzia deduza deducao deducoes dedutivel "
    "dedutiveis deduzindo deduzido deduzida deduzidos deduziu",
    "reduz": "reduzo reduz reduzem reduzir reduziu reduza reducao reducoes reduzido reduzida",
    "produz": "produz produzir producao",
    "inclu": "incluo inclui incluem incluir inclua incluam incluiu incluido incluida inclusao "
    "incluindo incluidos",
    "exclu": "excluo exclui excluem excluir exclua excluam excluiu excluido excluida exclusao "
    "excluindo exclui",
    "conclu": "concluo conclui concluem concluir conclua concluam concluiu concluido concluida "
    "conclusao",
    "inscrev": "inscrevo inscreve inscrever inscrevam inscreva inscreveu inscrito inscrita "
    "inscricao inscricoes inscritos inscreverem inscrevendo inscreve",
    "devolv": "devolvo devolve devolver devolvam devolva devolveu devolveram devolvido devolvida "
    "devolucao devolucoes devolvidos",
    "abr": "abro abre abrem abrir abri abriu abriram abra abram abrindo aberto aberta abertura "
    "abertos abertas abrirem abria abririam",
    "reabr": "reabro reabre reabrir reabri reabriu reabra reabram reaberto reabertura",
    "escrev": "escrevo escreve escrever escrevi escreveu escrito escrita escreva escrevam",
    "cobr": "cobro cobra cobram cobrar cobrei cobrou cobraram cobre cobrem cobranca cobrancas "
    "cobrado cobrada cobrando cobrados cobrarem",
    "pag": "pago paga pagam pagar paguei pagou pagaram pague paguem pagando pagamento pagamentos "
    "pagos pagas pagava pagarei pagaria pagarmos pagarem",
    "transfer": "transfiro transfere transferir transferi transferiu transferencia transfira "
    "transferencias transfiram transferido transferindo",
    "prefer": "prefiro prefere preferem preferir preferia preferencia",
    "suger": "sugiro sugere sugerem sugerir sugeri sugestao sugestoes sugira sugerimos",
    "sum": "sumo some somem sumir sumi sumiu sumiram suma sumindo sumido sumida sumico sumidos "
    "sumidas",
    "som": "somo soma somam somar somou somas somado somando somatorio",
    "serv": "sirvo serve servem servir servia serviu",
    "sub": "subo sobe sobem subir subi subiu suba subam subindo",
    "respond": "respondo responde respondem responder respondi respondeu responderam responda "
    "respondam respondendo respondido resposta respostas",
    "resolv": "resolvo resolve resolvem resolver resolvi resolveu resolveram resolva resolvam "
    "resolvendo resolvido resolvida solucao solucoes solucionar solucionem resolvidos",
    "sincroniz": "sincroniza sincronizar sincronizou sincronizacao sincronizado sincronizam "
    "sincronizando sincroniza sincronia",
    "mand": "mando manda mandam mandar mandei mandou mandaram mande mandem mandando mandado",
    "exig": "exijo exige exigem exigir exigiu exigiram exija exigencia exigencias exigindo",
    "exib": "exibe exibem exibir exibiu exiba exibicao",
    "exist": "existo existe existem existir existia existiu existiria existencia",
    "permit": "permito permite permitem permitir permitiu permita permissao permissoes permitam "
    "permitindo permitido",
    "demit": "demito demite demitir demiti demitiu demissao demissoes demitindo demitida demita",
    "admit": "admite admitir admiti admitiu admissao admissoes admitindo admita",
    "rescind": "rescindo rescinde rescindir rescindi rescisao rescisoes rescindam rescisorio",
    "contrat": "contrato contratos contrata contratar contratei contratou contrate contratacao "
    "contratado contratada contratando contratual contratuais",
    "retific": "retifico retifica retificar retifiquei retifique retifiquem retificacao "
    "retificacoes retificadora",
    "anul": "anulo anula anular anulei anulou anule anulem anulacao anulado anulada",
    "impost": "imposto impostos",
    "tribut": "tributo tributos tributacao tributar tributado tributada tributario tributaria",
    "duvid": "duvida duvidas",
    "prefeit": "prefeitura prefeituras prefeitur",
    "municip": "municipio municipios municipal municipais municipalidade",
    "contabil": "contabil contabeis contabilidade contabilidades contabilizar contabilizado",
    "contador": "contador contadora contadores contadoras",
    "cont": "conta contas",
    "contabilista": "contabilista",
    "not": "nota notas notinha",
    "not?": "notar notei notou notamos",
    "gui": "guia guias",
    "mensal": "mensal mensais mensalmente",
    "mensalidad": "mensalidade mensalidades",
    "plan": "plano planos",
    "anexar": "anexar anexei anexou anexo anexos anexa anexas anexado anexada anexados anexando "
    "anexe anexem",
    "atual": "atual atuais atualmente",
    "atualiz": "atualizo atualiza atualizar atualizei atualizou atualize atualizem atualizacao "
    "atualizacoes atualizado atualizada atualizados atualizam atualizando",
    "fisc": "fiscal fiscais fisco",
    "fiscaliz": "fiscalizar fiscalizacao fiscalizado",
    "legal": "legal legais",
    "lent": "lento lenta lentos lentas lentidao",
    "trav": "travo trava travam travar travou travaram trave travando travado travada travamento "
    "travados travadas travava",
    "err": "erro erros errado errada errados errados errar errou errei erradas erram",
    "quant": "quanto quanta quantos quantas quantia",
    "ir?": "vou vai vamos iria ira irei irao indo",
    "ultim": "ultimo ultima ultimos ultimas ultimamente",
    "mes": "mes meses",
    "dia": "dia dias",
    "hora": "hora horas",
    "cur": "curiosidade curioso curiosa",
    "urg": "urgente urgentes urgencia urgentemente urgencias urgentissimo",
    "nov": "novo nova novos novas",
    "novidad": "novidade novidades",
    "novembro": "novembro",
    "gente": "gente",
    "cert": "certo certa certos certas",
    "certeza": "certeza",
    "certidao": "certidao certidoes",
    "certificad": "certificado certificados",
    "clinic": "clinica clinicas clinico",
    "cidad": "cidade cidades",
    "cadastr": "cadastro cadastros cadastrar cadastrei cadastrou cadastre cadastrem cadastrado "
    "cadastrada cadastral cadastramento cadastrais cadastrando cadastrados",
    "credenci": "credenciar credenciamento credenciado credencie credenciem credenciada",
    "registr": "registro registros registrar registrei registrou registre registrem registrado "
    "registrada",
    "alter": "altero altera alterar alterei alterou altere alterem alteracao alteracoes alterado",
    "altern": "alternar alternativa alternativas",
    "baix": "baixo baixa baixar baixei baixou baixe baixem baixado baixas baixam baixando baixem",
    "troc": "troco troca trocar troquei trocou troque troquem trocando trocas",
    "aplicativ": "aplicativo aplicativos",
    "aplic": "aplico aplica aplicam aplicar apliquei aplicou aplique aplicacao aplicacoes",
    "consult": "consulta consultas consultei consultar consultando",
    "consultori": "consultorio consultorios",
    "consultor": "consultor consultora consultores consultoria",
    "atend": "atendo atende atendem atender atendi atendeu atenderam atenda atendam atendendo "
    "atendido atendida atendimento atendimentos",
    "atendent": "atendente atendentes",
    "agend": "agenda agendas agendar agendei agendou agende agendem agendado agendada agendamento "
    "agendamentos agendando",
    "soci": "socio socia socios socias societario societaria sociedade",
    "social": "social sociais",
    "medic": "medico medica medicos medicas medicina",
    "depend": "depende dependem depender dependo",
    "dependent": "dependente dependentes",
    "assin": "assino assina assinar assinei assinou assine assinem assinado assinada",
    "assinatur": "assinatura assinaturas",
    "assinant": "assinante assinantes",
    "list": "lista listas listar listagem",
    "tel": "tela telas",
    "telefon": "telefone telefones telefonar",
    "relat": "relatar relato relatei",
    "relatori": "relatorio relatorios",
    "pass": "passo passa passam passar passei passou passaram passe passem passando",
    "passad": "passado passada passados passadas",
    "part": "parte partes parto",
    "particular": "particular particulares",
    "port": "porta portas",
    "portal": "portal portais",
    "real": "real",
    "reais": "reais",
    "cartao": "cartao cartoes",
    "cart": "carta cartas",
    "banc": "banco bancos bancaria bancario",
    "val": "valer vale valem valeria",
    "valeu": "valeu",
    "valor": "valor valores",
    "vali": "valido valida validos validas validade validar validacao",
    "form": "forma formas",
    "formulari": "formulario formularios",
    "inform": "informo informa informar informei informou informe informem informado informada "
    "informando",
    "informac": "informacao informacoes",
    "conferir": "confiro confere conferem conferir conferi confira conferencia conferido",
    "exerc": "exerco exerce exercer exercem",
    "exercici": "exercicio exercicios",
    "parad": "parado parada parados paradas",
    "par": "parou parar pararam param parem parando paralisar paralisado",
    "proxim": "proximo proxima proximos proximas",
    "emprestim": "emprestimo emprestimos",
    "espera": "espero espera esperam esperar esperei esperando esperamos esperou",
}
STEM_OF: Mapping[str, str] = MappingProxyType(
    {form: shared for shared, forms in _FAMILIES.items() for form in forms.split()}
)
"""Folded word → the stem that it shares with its other forms."""
