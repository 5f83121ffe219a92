//! Words that say little in their language; they count only where a search has no other.

use super::Language;

/// The stop words of languages, parted by spaces.
const STOP_WORDS: [(Language, &str); 18] = [
    (
        Language::Czech,
        "a aby aj ale ani asi až být by bylo co či do ho i já jak jako je jeho jej její jen jsem \
         jsou k kde která které který ke má mezi mi na nad ne nebo není o od pak po pod pro při s \
         se si jsme ta tak také ten to toho tu už v ve však z za že",
    ),
    (
        Language::Danish,
        "ad af alle at blev da de dem den der det dig din du eller en er et for fra ham han hende \
         her hun hvad hvis hvor i ikke jeg kan man med men mig min mit noget og også om op os på \
         sig sin skal som så til ud var vi vil være",
    ),
    (
        Language::Dutch,
        "aan al als bij dan dat de der die dit door een en er ge had haar heb heeft het hij hoe \
         hun ik in is je kan maar me met mij mijn naar niet nog nu of om omdat onder ons ook op \
         over te tot uit van voor was wat we wel werd wie wij wordt ze zich zij zijn zo",
    ),
    (
        Language::English,
        "a an and are as at be but by for from had has have he her his i if in into is it its my \
         no not of on or our she so such than that the their them then there these they this to \
         was we were what when which who will with you your",
    ),
    (
        Language::Finnish,
        "ei että en he hän ja jo joka jos ka kanssa kuin kun me mikä minä mutta myös ne niin nyt \
         olen oli olla on ovat se sekä sen siitä sitä sinä tai te tämä vaan voi",
    ),
    (
        Language::French,
        "a ai au aux avec c ce ces cette d dans de des du elle elles en est et eux il ils j je l \
         la le les leur leurs lui m ma mais me mes mon n ne nos notre nous on ont ou par pas pour \
         qu que qui s sa se ses son sont sur t ta te tes toi ton tu un une vos votre vous y",
    ),
    (
        Language::German,
        "aber als am an auch auf aus bei bin bis das dass dem den der des die dies diese du durch \
         ein eine einem einen einer eines er es für hat hatte ich ihr im in ist ja kann man mit \
         nach nicht noch nur oder sein sich sie sind so über um und uns vom von vor war was wenn \
         wer wie wir wird zu zum zur",
    ),
    (
        Language::Hungarian,
        "a ahogy az aki amely ami azt be csak de e egy egyik el ez ezt fel ha hogy hogyan is ki \
         kell le lesz maga majd már meg mert mi mint most nem nincs ő össze pedig s sem volt van \
         vagy",
    ),
    (
        Language::Indonesian,
        "ada adalah akan atau bagi bahwa dalam dan dari dengan di dia ini itu juga karena ke kami \
         kita mereka oleh pada saya sebagai tidak untuk yang",
    ),
    (
        Language::Italian,
        "a ad al alla alle anche c che chi ci col come con d da dal dalla degli dei del della \
         delle di e ed è era gli ha hanno ho i il in io l la le lo ma mi ne nei nel nella non o \
         per più qui se si sono su sua suo sul sulla tra un una uno",
    ),
    (
        Language::Norwegian,
        "alle at av da de deg dem den der det din du eller en er et for fra ham han har hun hva \
         hvor i ikke jeg kan med men meg min mitt når og også om opp oss på seg sin skal som så \
         til ut var vi vil være",
    ),
    (
        Language::Polish,
        "a aby ale bo być był było co czy dla do gdy go i ich ja jak jako jego jej jest już każdy \
         ki która które który ma mi na nad nie niż o od on ona oraz po pod przez przy się są ta \
         tak także tam te tego ten to tu tylko w we więc wszystko z za ze że",
    ),
    (
        Language::Portuguese,
        "a ao aos as até com como da das de dela dele do dos e é ela ele em entre era essa esse \
         esta este eu foi há isso isto já lhe mais mas me meu minha na não nas no nos o os ou \
         para pela pelo por qual que se sem ser seu sua são também te tem um uma você",
    ),
    (
        Language::Romanian,
        "a acest această ai al ale am ar are au că când care ce cea cei cel cu de din după ea el \
         ei este eu fi fost în îl îi la le lor lui mai mi ne nu o pe pentru prin s să sau se și \
         sunt un una unei unui",
    ),
    (
        Language::Russian,
        "а без бы был была были было быть в вам вас во вот все всё вы да для до его ее если есть \
         ещё же за и из или им их к как ко когда кто ли мне мы на не него нее нет ни но о об он \
         она они оно от по под при с со так также то того только у уже что чтобы это этот я",
    ),
    (
        Language::Spanish,
        "a al algo ante con como cual cuando de del desde donde e el él ella ellos en entre era \
         es esa ese esta este esto fue ha hay la las le les lo los más me mi muy no nos o para \
         pero por porque que qué se si sin sobre son su sus también te tu un una uno y ya yo",
    ),
    (
        Language::Swedish,
        "alla att av blev den det dem där de din du efter ej eller en er ett från för ha han har \
         hans hon i inte jag kan man med men mig min mitt nu när och också om oss på sig sin ska \
         som så till under ut var vi vid är",
    ),
    (
        Language::Turkish,
        "acaba ama ancak bazı belki ben bir bu çok da daha de değil diye en gibi hem hep her hiç \
         için ile ise kez ki kim mı mi mu mü nasıl ne neden o olan olarak oldu sen şey şu ve veya \
         ya yani",
    ),
];

/// The stop words of a language; none for languages without a list.
pub(super) fn stop_words(language: Language) -> impl Iterator<Item = &'static str> {
    let list = STOP_WORDS.iter().find(|(known, _)| *known == language);
    list.map_or("", |(_, words)| words).split_whitespace()
}
